################################################################################
# Firewall before the edge
################################################################################

resource "aws_wafv2_ip_set" "allowed" {
  for_each = var.enable_waf ? { ipv4 = "IPV4", ipv6 = "IPV6" } : {}
  provider = aws.us_east_1

  name               = "${local.name}-allowed-${each.key}"
  description        = "Networks that may open the portal"
  scope              = "CLOUDFRONT"
  ip_address_version = each.value
  addresses          = [for cidr in var.allowed_cidrs : cidr if strcontains(cidr, ":") == (each.key == "ipv6")]
}

resource "aws_wafv2_web_acl" "portal" {
  count    = var.enable_waf ? 1 : 0
  provider = aws.us_east_1

  name        = local.name
  description = "Who may open the portal, and what no request may look like"
  scope       = "CLOUDFRONT"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = length(var.allowed_cidrs) > 0 ? ["not-allowed"] : []

    content {
      name     = rule.value
      priority = 0

      action {
        block {}
      }

      statement {
        not_statement {
          statement {
            or_statement {
              dynamic "statement" {
                for_each = aws_wafv2_ip_set.allowed

                content {
                  ip_set_reference_statement {
                    arn = statement.value.arn
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${local.name}-${rule.value}"
        sampled_requests_enabled   = true
      }
    }
  }

  # Both look at known attacks only. The wider sets refuse bodies of more than 8 kB, which callbacks may have.
  dynamic "rule" {
    for_each = ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet"]

    content {
      name     = rule.value
      priority = 10 + rule.key

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          name        = rule.value
          vendor_name = "AWS"
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${local.name}-${rule.value}"
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = local.name
    sampled_requests_enabled   = true
  }
}
