locals {
  bundles_path = "/_dash-component-suites/*"

  # Policies that AWS keeps for everybody; their ids are the same in every account.
  caching_disabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_viewer        = "216adef6-5c7f-47e4-b989-5492eafa07d3"

  portal_origin = "portal"
  assets_origin = "assets"

  # Long enough for the slowest answer, shorter than the load balancer's 75 s.
  origin_wait_s = 60
}

################################################################################
# What is kept at the edge, and under which key
################################################################################

# As long as the portal says, and not at all where it says nothing: some scripts have no digest in their address.
resource "aws_cloudfront_cache_policy" "bundles" {
  name        = "${local.name}-bundles"
  comment     = "As long as the portal says"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}

# The Host header is what the load balancer's certificate is checked against. Cookies stay behind: what is kept for
# everybody must not come from an answer to somebody.
resource "aws_cloudfront_origin_request_policy" "bundles" {
  name    = "${local.name}-bundles"
  comment = "All headers, no cookies"

  cookies_config {
    cookie_behavior = "none"
  }

  headers_config {
    header_behavior = "allViewer"
  }

  query_strings_config {
    query_string_behavior = "all"
  }
}

################################################################################
# What every answer says to browsers
################################################################################

resource "aws_cloudfront_response_headers_policy" "portal" {
  name    = local.name
  comment = "HTTPS only, no guessing of types, frames where they are allowed"

  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = false
      preload                    = false
      override                   = true
    }

    content_type_options {
      override = true
    }

    referrer_policy {
      referrer_policy = "same-origin"
      override        = false
    }

    # The portal sends a fuller one, which stands. This one is for answers that are not its own.
    content_security_policy {
      content_security_policy = "frame-ancestors ${join(" ", var.frame_ancestors)}"
      override                = false
    }
  }
}

################################################################################
# Distribution
################################################################################

resource "aws_cloudfront_vpc_origin" "portal" {
  count = local.public_alb ? 0 : 1

  vpc_origin_endpoint_config {
    name                   = local.name
    arn                    = aws_lb.portal.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = local.has_domain ? "https-only" : "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  # Without the way to the internet a VPC may hold no such origin.
  depends_on = [aws_internet_gateway.portal]
}

resource "aws_cloudfront_origin_access_control" "assets" {
  name                              = "${local.name}-assets"
  description                       = "Only this distribution reads the bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "portal" {
  comment         = local.name
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  aliases         = var.domain_name[*]
  web_acl_id      = var.enable_waf ? aws_wafv2_web_acl.portal[0].arn : null

  origin {
    origin_id   = local.portal_origin
    domain_name = aws_lb.portal.dns_name

    dynamic "vpc_origin_config" {
      for_each = aws_cloudfront_vpc_origin.portal

      content {
        vpc_origin_id            = vpc_origin_config.value.id
        origin_read_timeout      = local.origin_wait_s
        origin_keepalive_timeout = local.origin_wait_s
      }
    }

    dynamic "custom_origin_config" {
      for_each = local.public_alb ? ["https-only"] : []

      content {
        origin_protocol_policy   = custom_origin_config.value
        http_port                = 80
        https_port               = 443
        origin_ssl_protocols     = ["TLSv1.2"]
        origin_read_timeout      = local.origin_wait_s
        origin_keepalive_timeout = local.origin_wait_s
      }
    }

    dynamic "custom_header" {
      for_each = local.public_alb ? [local.edge_header] : []

      content {
        name  = custom_header.value
        value = local.edge_key
      }
    }
  }

  origin {
    origin_id                = local.assets_origin
    domain_name              = aws_s3_bucket.assets.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.assets.id
  }

  # Pages, callbacks and /api: nothing is kept, everything of the request goes through.
  default_cache_behavior {
    target_origin_id           = local.portal_origin
    allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    cached_methods             = ["GET", "HEAD"]
    viewer_protocol_policy     = "redirect-to-https"
    compress                   = true
    cache_policy_id            = local.caching_disabled
    origin_request_policy_id   = local.all_viewer
    response_headers_policy_id = aws_cloudfront_response_headers_policy.portal.id
  }

  ordered_cache_behavior {
    path_pattern               = local.bundles_path
    target_origin_id           = local.portal_origin
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    viewer_protocol_policy     = "redirect-to-https"
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.bundles.id
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.bundles.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.portal.id
  }

  # Each has its digest in its path, so that files of two releases lie side by side and none is ever out of date.
  dynamic "ordered_cache_behavior" {
    for_each = ["/assets/*", "/errors/*"]

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = local.assets_origin
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      viewer_protocol_policy     = "redirect-to-https"
      compress                   = true
      cache_policy_id            = local.caching_optimized
      response_headers_policy_id = aws_cloudfront_response_headers_policy.portal.id
    }
  }

  # No task answers, or none in time. The portal itself never says 502 or 504.
  dynamic "custom_error_response" {
    for_each = [502, 504]

    content {
      error_code            = custom_error_response.value
      response_code         = custom_error_response.value
      response_page_path    = "/${local.unavailable_key}"
      error_caching_min_ttl = 0
    }
  }

  # These are answers of the portal too, with their reason in them; the edge would keep them for 10 s.
  dynamic "custom_error_response" {
    for_each = [404, 500, 503]

    content {
      error_code            = custom_error_response.value
      error_caching_min_ttl = 0
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = !local.has_domain
    acm_certificate_arn            = local.has_domain ? aws_acm_certificate_validation.edge[0].certificate_arn : null
    ssl_support_method             = local.has_domain ? "sni-only" : null
    minimum_protocol_version       = local.has_domain ? "TLSv1.2_2021" : "TLSv1"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
}

################################################################################
# Bucket for scripts, styles and the page for bad moments
################################################################################

locals {
  unavailable_key = "errors/unavailable.html"
}

resource "aws_s3_bucket" "assets" {
  bucket        = "${local.name}-assets-${local.account_id}-${var.region}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_public_access_block" "assets" {
  bucket                  = aws_s3_bucket.assets.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "assets" {
  bucket = aws_s3_bucket.assets.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "assets" {
  bucket = aws_s3_bucket.assets.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "assets" {
  bucket = aws_s3_bucket.assets.id
  policy = data.aws_iam_policy_document.assets.json

  depends_on = [aws_s3_bucket_public_access_block.assets]
}

data "aws_iam_policy_document" "assets" {
  statement {
    sid       = "ReadByTheEdge"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.assets.arn}/assets/*", "${aws_s3_bucket.assets.arn}/errors/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.portal.arn]
    }
  }

  statement {
    sid       = "EncryptedWaysOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.assets.arn, "${aws_s3_bucket.assets.arn}/*"]

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

resource "aws_s3_object" "unavailable" {
  bucket        = aws_s3_bucket.assets.id
  key           = local.unavailable_key
  source        = "${path.module}/${local.unavailable_key}"
  source_hash   = filemd5("${path.module}/${local.unavailable_key}")
  content_type  = "text/html; charset=utf-8"
  cache_control = "public, max-age=300"
}
