locals {
  listener_port = local.has_domain ? 443 : 80

  # What a request has to bring along where the load balancer can be found on the internet: CloudFront's addresses alone
  # prove nothing, since everybody's distributions have them.
  edge_header = "X-Opsportal-Edge"
  edge_key    = sensitive(terraform_data.edge_key.output)
}

# Random, made once and kept in the state. `terraform apply -replace=terraform_data.edge_key` makes a new one.
resource "terraform_data" "edge_key" {
  input = uuid()

  lifecycle {
    ignore_changes = [input]
  }
}

################################################################################
# Load balancer
################################################################################

resource "aws_lb" "portal" {
  name               = local.name
  load_balancer_type = "application"
  internal           = !local.public_alb
  security_groups    = [aws_security_group.balancer.id]
  subnets            = local.public_alb ? aws_subnet.public[*].id : aws_subnet.private[*].id

  # Between CloudFront's 60 s and the 90 s for which the portal keeps a connection.
  idle_timeout               = 75
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  # An address on the internet is had only where there is a way to it.
  depends_on = [aws_internet_gateway.portal]
}

resource "aws_lb_target_group" "portal" {
  name                          = local.name
  vpc_id                        = aws_vpc.portal.id
  target_type                   = "ip"
  protocol                      = "HTTP"
  port                          = local.container_port
  load_balancing_algorithm_type = "least_outstanding_requests"

  # Longer than the 20 s in which the portal ends what it is answering.
  deregistration_delay = 30

  health_check {
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

################################################################################
# Listener: what no rule lets through is refused
################################################################################

resource "aws_lb_listener" "portal" {
  load_balancer_arn = aws_lb.portal.arn
  port              = local.listener_port
  protocol          = local.has_domain ? "HTTPS" : "HTTP"
  ssl_policy        = local.has_domain ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null
  certificate_arn   = local.has_domain ? aws_acm_certificate_validation.balancer[0].certificate_arn : null

  default_action {
    type = "fixed-response"

    fixed_response {
      status_code  = "403"
      content_type = "text/plain"
      message_body = "Open the portal by its own address."
    }
  }
}

# Counts and states of the parts are for those who run the portal; the target group asks tasks directly. A program with
# a token for it has come before this.
resource "aws_lb_listener_rule" "inward" {
  listener_arn = aws_lb_listener.portal.arn
  priority     = 10

  action {
    type = "fixed-response"

    fixed_response {
      status_code  = "404"
      content_type = "text/plain"
      message_body = "Not found."
    }
  }

  condition {
    path_pattern {
      values = ["/metrics", "/readyz"]
    }
  }

  tags = { Name = "${local.name}-inward" }
}

# Without sign-in: a monitor from outside can ask whether the portal lives. Scripts are the same for everybody and kept
# at the edge, where no answer may be kept that carries somebody's session.
resource "aws_lb_listener_rule" "open" {
  listener_arn = aws_lb_listener.portal.arn
  priority     = 20

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.portal.arn
  }

  condition {
    path_pattern {
      values = ["/healthz", local.bundles_path]
    }
  }

  dynamic "condition" {
    for_each = local.public_alb ? [local.edge_header] : []

    content {
      http_header {
        http_header_name = condition.value
        values           = [local.edge_key]
      }
    }
  }

  tags = { Name = "${local.name}-open" }
}

# What brings a signed token goes past the sign-in, since it could not do it: programs, the pages of other sites, and
# wallboards. The portal itself judges each token and each session, and refuses what brings none that holds.
locals {
  past_sign_in = !local.signs_in ? {} : {
    programs = { priority = 5, paths = ["/api/*", "/metrics"], headers = { Authorization = "Bearer *" }, keys = [] }
    exchange = { priority = 24, paths = ["/embed", "/kiosk"], headers = {}, keys = [] }
    sessions = { priority = 25, paths = [], headers = { X-Opsportal-Session = "*" }, keys = [] }
    pages    = { priority = 26, paths = [], headers = {}, keys = ["session"] }
  }
}

resource "aws_lb_listener_rule" "tokens" {
  for_each = local.past_sign_in

  listener_arn = aws_lb_listener.portal.arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.portal.arn
  }

  dynamic "condition" {
    for_each = length(each.value.paths) == 0 ? [] : [each.value.paths]

    content {
      path_pattern {
        values = condition.value
      }
    }
  }

  dynamic "condition" {
    for_each = each.value.headers

    content {
      http_header {
        http_header_name = condition.key
        values           = [condition.value]
      }
    }
  }

  dynamic "condition" {
    for_each = each.value.keys

    content {
      query_string {
        key   = condition.value
        value = "*"
      }
    }
  }

  dynamic "condition" {
    for_each = local.public_alb ? [local.edge_header] : []

    content {
      http_header {
        http_header_name = condition.value
        values           = [local.edge_key]
      }
    }
  }

  tags = { Name = "${local.name}-${each.key}" }
}

# Pages, and the programs' interface with them, for people who sign in.
resource "aws_lb_listener_rule" "portal" {
  listener_arn = aws_lb_listener.portal.arn
  priority     = 30

  dynamic "action" {
    for_each = var.oidc[*]

    content {
      type  = "authenticate-oidc"
      order = 1

      authenticate_oidc {
        issuer                     = action.value.issuer
        authorization_endpoint     = action.value.authorization_endpoint
        token_endpoint             = action.value.token_endpoint
        user_info_endpoint         = action.value.user_info_endpoint
        client_id                  = action.value.client_id
        client_secret              = var.oidc_client_secret
        scope                      = action.value.scope
        session_timeout            = action.value.session_timeout_s
        on_unauthenticated_request = "authenticate"
      }
    }
  }

  action {
    type             = "forward"
    order            = local.signs_in ? 2 : 1
    target_group_arn = aws_lb_target_group.portal.arn
  }

  condition {
    path_pattern {
      values = ["/*"]
    }
  }

  dynamic "condition" {
    for_each = local.public_alb ? [local.edge_header] : []

    content {
      http_header {
        http_header_name = condition.value
        values           = [local.edge_key]
      }
    }
  }

  tags = { Name = "${local.name}-portal" }
}
