################################################################################
# The name
################################################################################

resource "aws_route53_record" "portal" {
  for_each = toset(local.has_domain ? ["A", "AAAA"] : [])

  zone_id = var.zone_id
  name    = var.domain_name
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.portal.domain_name
    zone_id                = aws_cloudfront_distribution.portal.hosted_zone_id
    evaluate_target_health = false
  }
}

################################################################################
# What proves to certificates that the name is ours
################################################################################

# A name's record is the same for all its certificates in an account, whichever region asks.
resource "aws_route53_record" "certificate" {
  count = local.has_domain ? 1 : 0

  zone_id         = var.zone_id
  name            = one(aws_acm_certificate.edge[0].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.edge[0].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.edge[0].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

################################################################################
# Certificate of the edge
################################################################################

resource "aws_acm_certificate" "edge" {
  count    = local.has_domain ? 1 : 0
  provider = aws.us_east_1

  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate_validation" "edge" {
  count    = local.has_domain ? 1 : 0
  provider = aws.us_east_1

  certificate_arn         = aws_acm_certificate.edge[0].arn
  validation_record_fqdns = [aws_route53_record.certificate[0].fqdn]
}

################################################################################
# Certificate of the load balancer
################################################################################

resource "aws_acm_certificate" "balancer" {
  count = local.has_domain ? 1 : 0

  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate_validation" "balancer" {
  count = local.has_domain ? 1 : 0

  certificate_arn         = aws_acm_certificate.balancer[0].arn
  validation_record_fqdns = [aws_route53_record.certificate[0].fqdn]
}
