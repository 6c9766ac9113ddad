locals {
  cache_port = 6379
}

################################################################################
# One cache for all tasks
################################################################################

resource "aws_elasticache_subnet_group" "cache" {
  count = local.shared_cache ? 1 : 0

  name        = local.name
  description = "Private subnets of the portal"
  subnet_ids  = aws_subnet.private[*].id
}

# One node: what is in it can be read from Jira again, and while it is away each task keeps what it reads itself.
# There is no password, which would lie in the state: encryption on the wire, and a group that lets in tasks only.
resource "aws_elasticache_replication_group" "cache" {
  count = local.shared_cache ? 1 : 0

  replication_group_id       = local.name
  description                = "What the portal has read, and its leases"
  engine                     = "valkey"
  engine_version             = "8.0"
  node_type                  = "cache.t4g.micro"
  num_cache_clusters         = 1
  automatic_failover_enabled = false
  port                       = local.cache_port
  subnet_group_name          = aws_elasticache_subnet_group.cache[0].name
  security_group_ids         = [aws_security_group.cache[0].id]
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  snapshot_retention_limit   = 0
  apply_immediately          = true
}
