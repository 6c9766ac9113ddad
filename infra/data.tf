locals {
  registry_key = "queue_registry.json"
}

################################################################################
# History
################################################################################

resource "aws_dynamodb_table" "history" {
  name                        = local.name
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "queue"
  range_key                   = "day"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "queue"
    type = "S"
  }

  attribute {
    name = "day"
    type = "S"
  }

  # Only items that bear the attribute ever go, which is to say: with history_ttl_days.
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled = true
  }
}

################################################################################
# Queue registry
################################################################################

resource "aws_s3_bucket" "config" {
  bucket        = "${local.name}-config-${local.account_id}-${var.region}"
  force_destroy = !var.deletion_protection
}

# An earlier registry is one command away.
resource "aws_s3_bucket_versioning" "config" {
  bucket = aws_s3_bucket.config.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "config" {
  bucket                  = aws_s3_bucket.config.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "config" {
  bucket = aws_s3_bucket.config.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "config" {
  bucket = aws_s3_bucket.config.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "config" {
  bucket = aws_s3_bucket.config.id
  policy = data.aws_iam_policy_document.config.json

  depends_on = [aws_s3_bucket_public_access_block.config]
}

data "aws_iam_policy_document" "config" {
  statement {
    sid       = "EncryptedWaysOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.config.arn, "${aws_s3_bucket.config.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
