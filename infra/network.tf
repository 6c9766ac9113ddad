################################################################################
# VPC in two zones
################################################################################

locals {
  vpc_cidr = "10.42.0.0/16"
}

resource "aws_vpc" "portal" {
  cidr_block           = local.vpc_cidr
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = { Name = local.name }
}

# Whatever names no group of its own gets this one, and may then do nothing.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.portal.id

  tags = { Name = "${local.name}-closed" }
}

resource "aws_subnet" "public" {
  count = 2

  vpc_id            = aws_vpc.portal.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(local.vpc_cidr, 8, count.index)

  tags = { Name = "${local.name}-public-${local.zones[count.index]}" }
}

resource "aws_subnet" "private" {
  count = 2

  vpc_id            = aws_vpc.portal.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(local.vpc_cidr, 8, 10 + count.index)

  tags = { Name = "${local.name}-private-${local.zones[count.index]}" }
}

################################################################################
# Routes
################################################################################

# A VPC origin of CloudFront asks for it too, although nothing of the origin's traffic passes here.
resource "aws_internet_gateway" "portal" {
  vpc_id = aws_vpc.portal.id

  tags = { Name = local.name }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.portal.id

  tags = { Name = "${local.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.portal.id
}

resource "aws_route_table_association" "public" {
  count = 2

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.portal.id

  tags = { Name = "${local.name}-private" }
}

resource "aws_route_table_association" "private" {
  count = 2

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

################################################################################
# The way out of private subnets
################################################################################

resource "aws_eip" "nat" {
  count = local.nat ? 1 : 0

  domain = "vpc"

  tags = { Name = "${local.name}-nat" }

  depends_on = [aws_internet_gateway.portal]
}

# One for both zones: while its zone is down the portal goes on showing what it has read.
resource "aws_nat_gateway" "portal" {
  count = local.nat ? 1 : 0

  allocation_id = aws_eip.nat[0].id
  subnet_id     = aws_subnet.public[0].id

  tags = { Name = local.name }
}

resource "aws_route" "nat" {
  count = local.nat ? 1 : 0

  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.portal[0].id
}

# Both are free, and keep images' layers and history off the NAT gateway's bill.
resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["s3", "dynamodb"])

  vpc_id            = aws_vpc.portal.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.public.id, aws_route_table.private.id]

  tags = { Name = "${local.name}-${each.key}" }
}

################################################################################
# Who may talk to whom
################################################################################

locals {
  # Jira and Tempo of a data center may listen on ports of their own.
  source_ports = toset(concat(["443"], [
    for address in [for name in ["JIRA_BASE_URL", "TEMPO_BASE_URL"] : lookup(var.settings, name, "")] :
    try(regex("^https?://[^/]*:([0-9]+)", address)[0], startswith(address, "http://") ? "80" : "443")
  ]))
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_security_group" "balancer" {
  name        = "${local.name}-balancer"
  description = "Load balancer: CloudFront in, tasks out"
  vpc_id      = aws_vpc.portal.id

  tags = { Name = "${local.name}-balancer" }
}

# A single rule: CloudFront's list counts as 55 of the 60 that a group may have.
resource "aws_vpc_security_group_ingress_rule" "balancer_from_cloudfront" {
  security_group_id = aws_security_group.balancer.id
  description       = "CloudFront, on the one port that is listened on"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = local.listener_port
  to_port           = local.listener_port
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_tasks" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = local.container_port
  to_port                      = local.container_port
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_oidc" {
  count = local.signs_in ? 1 : 0

  security_group_id = aws_security_group.balancer.id
  description       = "Token and user-info endpoints of the OpenID Connect provider"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_security_group" "tasks" {
  name        = "${local.name}-tasks"
  description = "Tasks: load balancer in, sources and AWS out"
  vpc_id      = aws_vpc.portal.id

  tags = { Name = "${local.name}-tasks" }
}

resource "aws_vpc_security_group_ingress_rule" "tasks_from_balancer" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "Requests and health checks"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = local.container_port
  to_port                      = local.container_port
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_sources" {
  for_each = local.source_ports

  security_group_id = aws_security_group.tasks.id
  description       = "Jira, Tempo and the interfaces of AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
}

resource "aws_vpc_security_group_egress_rule" "tasks_to_cache" {
  count = local.shared_cache ? 1 : 0

  security_group_id            = aws_security_group.tasks.id
  description                  = "Shared cache"
  referenced_security_group_id = aws_security_group.cache[0].id
  ip_protocol                  = "tcp"
  from_port                    = local.cache_port
  to_port                      = local.cache_port
}

resource "aws_security_group" "cache" {
  count = local.shared_cache ? 1 : 0

  name        = "${local.name}-cache"
  description = "Shared cache: tasks in, nothing out"
  vpc_id      = aws_vpc.portal.id

  tags = { Name = "${local.name}-cache" }
}

resource "aws_vpc_security_group_ingress_rule" "cache_from_tasks" {
  count = local.shared_cache ? 1 : 0

  security_group_id            = aws_security_group.cache[0].id
  description                  = "Tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = local.cache_port
  to_port                      = local.cache_port
}
