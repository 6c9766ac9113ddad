################################################################################
# Providers
################################################################################

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# The edge lives in one region: its certificate and its firewall are read from there only.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}

################################################################################
# Where this is
################################################################################

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_availability_zones" "available" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

################################################################################
# What follows from the variables
################################################################################

locals {
  name       = var.name
  tags       = merge({ Application = var.name, ManagedBy = "terraform" }, var.tags)
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  zones      = slice(data.aws_availability_zones.available.names, 0, 2)

  public_alb         = var.edge_mode == "public_alb"
  nat                = var.egress_mode == "nat"
  shared_cache       = var.cache_backend == "valkey_node"
  snapshot_on_ecs    = var.snapshot_runner == "ecs"
  has_domain         = var.domain_name != null
  signs_in           = var.oidc != null
  snapshot_on_lambda = var.snapshot_runner == "lambda"

  portal_host = local.has_domain ? var.domain_name : aws_cloudfront_distribution.portal.domain_name
}
