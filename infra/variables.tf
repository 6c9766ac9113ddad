################################################################################
# Shape
################################################################################

variable "edge_mode" {
  description = "How CloudFront reaches the load balancer: `vpc_origin`, which keeps it off the internet, or `public_alb`, where it has public addresses and answers only requests with CloudFront's secret header"
  type        = string
  default     = "vpc_origin"
  nullable    = false

  validation {
    condition     = contains(["vpc_origin", "public_alb"], var.edge_mode)
    error_message = "edge_mode is vpc_origin or public_alb."
  }

  validation {
    condition     = var.edge_mode != "public_alb" || var.domain_name != null
    error_message = "edge_mode public_alb needs domain_name: requests between CloudFront and the load balancer cross the internet, and only a name of your own can have the certificate that encrypts them."
  }
}

variable "egress_mode" {
  description = "How tasks reach Jira, Tempo and AWS: `public` gives each an address of its own, with nothing let in; `nat` puts them into private subnets behind one NAT gateway, for a fixed source address"
  type        = string
  default     = "public"
  nullable    = false

  validation {
    condition     = contains(["public", "nat"], var.egress_mode)
    error_message = "egress_mode is public or nat."
  }
}

variable "cache_backend" {
  description = "Where what was read of Jira is kept: `valkey_node` is shared by all tasks, `memory` is each task's own and allows one task only"
  type        = string
  default     = "valkey_node"
  nullable    = false

  validation {
    condition     = contains(["memory", "valkey_node"], var.cache_backend)
    error_message = "cache_backend is memory or valkey_node."
  }

  validation {
    condition     = var.cache_backend != "memory" || var.max_count == 1
    error_message = "cache_backend memory needs max_count 1: two tasks without a shared cache would read Jira twice and show different numbers."
  }
}

variable "snapshot_runner" {
  description = "What takes the daily snapshot: `lambda`, outside the VPC, or `ecs`, a task in the portal's network (for a Jira that only that network reaches, or a read of more than 14 minutes)"
  type        = string
  default     = "lambda"
  nullable    = false

  validation {
    condition     = contains(["lambda", "ecs"], var.snapshot_runner)
    error_message = "snapshot_runner is lambda or ecs."
  }
}

variable "domain_name" {
  description = "Host name of the portal, such as `portal.example.com`. Without one it is a name of CloudFront's, and requests inside the VPC are plain HTTP"
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "domain_name is a host name in lower case without scheme and path, such as portal.example.com."
  }

  validation {
    condition     = (var.domain_name == null) == (var.zone_id == null)
    error_message = "domain_name and zone_id go together: the records of the name and of its certificates are put into that zone."
  }
}

variable "zone_id" {
  description = "Id of the public Route 53 zone in which `domain_name` lies"
  type        = string
  default     = null
}

variable "oidc" {
  description = "OpenID Connect provider at which the load balancer signs people in. Its callback address is `https://<domain_name>/oauth2/idpresponse`; the client's secret is `oidc_client_secret`"
  type = object({
    issuer                 = string
    authorization_endpoint = string
    token_endpoint         = string
    user_info_endpoint     = string
    client_id              = string
    scope                  = optional(string, "openid email profile")
    session_timeout_s      = optional(number, 43200)
  })
  default = null

  validation {
    condition = var.oidc == null ? true : alltrue([
      for address in [var.oidc.issuer, var.oidc.authorization_endpoint, var.oidc.token_endpoint, var.oidc.user_info_endpoint] :
      startswith(address, "https://")
    ])
    error_message = "The issuer and the endpoints of oidc are addresses that begin with https://."
  }

  validation {
    condition     = var.oidc == null || var.domain_name != null
    error_message = "oidc needs domain_name: a load balancer signs people in over HTTPS only, and its certificate needs a name of your own."
  }

  validation {
    condition     = var.oidc == null || var.edge_mode == "public_alb" || var.egress_mode == "nat"
    error_message = "oidc with edge_mode vpc_origin needs egress_mode nat: the load balancer itself asks the provider, and without a public address it gets there through a NAT gateway only."
  }

  validation {
    condition     = (var.oidc == null) == (var.oidc_client_secret == null)
    error_message = "oidc and oidc_client_secret go together. Hand the secret over in the environment: TF_VAR_oidc_client_secret."
  }

  validation {
    condition     = var.oidc != null || (var.enable_waf && length(var.allowed_cidrs) > 0)
    error_message = "Anybody on the internet could open this portal. Set oidc, so that people sign in, or enable_waf with allowed_cidrs, so that only your networks get through."
  }
}

variable "oidc_client_secret" {
  description = "Secret of the client at the OpenID Connect provider. The load balancer keeps it, and so does the state: protect both"
  type        = string
  default     = null
  sensitive   = true
}

variable "enable_waf" {
  description = "Whether a firewall stands before the edge: `allowed_cidrs`, and AWS's rules against known attacks and addresses of ill repute"
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_cidrs" {
  description = "Networks from which the portal may be opened, IPv4 and IPv6, such as `203.0.113.0/24`. Empty: from everywhere"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrhost(cidr, 0))])
    error_message = "Each of allowed_cidrs is a network such as 203.0.113.0/24 or 2001:db8::/32."
  }

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : !endswith(cidr, "/0")])
    error_message = "A network that ends in /0 is the whole internet. Leave it out of allowed_cidrs and let people sign in with oidc."
  }

  validation {
    condition     = length(var.allowed_cidrs) == 0 || var.enable_waf
    error_message = "allowed_cidrs needs enable_waf: it is the firewall that keeps the others out."
  }
}

variable "deletion_protection" {
  description = "Whether table, load balancer, buckets, images and secret are kept from being deleted. Apply `false` before `terraform destroy`"
  type        = bool
  default     = true
  nullable    = false
}

################################################################################
# Where and what
################################################################################

variable "name" {
  description = "Name of the portal, with which the names of everything else begin"
  type        = string
  default     = "opsportal"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name has 3 to 20 lower-case letters, digits and hyphens, begins with a letter and does not end with a hyphen."
  }
}

variable "region" {
  description = "AWS region of everything but the edge"
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource, beside `Application` and `ManagedBy`"
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "image_digest" {
  description = "Digest of the image in the stack's own repository, such as `sha256:…`. Null only while the repository is made, before there is an image"
  type        = string
  default     = null

  validation {
    condition     = var.image_digest == null || can(regex("^sha256:[0-9a-f]{64}$", var.image_digest))
    error_message = "image_digest is sha256: and 64 hexadecimal digits, not a tag: what runs must not change by itself."
  }
}

variable "settings" {
  description = "Settings of the portal that are no secret, by their names, such as `JIRA_BASE_URL`, `JIRA_EMAIL`, `TEMPO_BASE_URL`, `WINDOW_DAYS`"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "The names in settings are upper-case letters, digits and underscores, such as JIRA_BASE_URL."
  }

  validation {
    condition     = length(setintersection(keys(var.settings), ["JIRA_API_TOKEN", "JIRA_PAT", "TEMPO_API_TOKEN", "REDIS_URL", "AUTH_PROXY_SECRET", "TOKEN_KEY"])) == 0
    error_message = "JIRA_API_TOKEN, JIRA_PAT, TEMPO_API_TOKEN, REDIS_URL, AUTH_PROXY_SECRET and TOKEN_KEY are secrets and would be legible in the state and in the task definition. Put them into the stack's secret."
  }

  validation {
    condition = length(setintersection(keys(var.settings), [
      "AUTH", "AUTH_ALB_ARN", "AUTH_CLIENT_ID", "AUTH_ISSUER", "AUTH_NONE_CONFIRMED", "CACHE_DIR", "FRAME_ANCESTORS",
      "HISTORY_URL", "HOST", "LOG_FORMAT", "PORT", "PROMETHEUS_MULTIPROC_DIR", "QUEUE_REGISTRY", "SECRETS_ID",
      "SNAPSHOT_AT", "STATIC_DIR", "TRUSTED_PROXIES", "URL_PREFIX", "WEB_CONCURRENCY",
    ])) == 0 && alltrue([for name in keys(var.settings) : !startswith(name, "AWS_")])
    error_message = "The stack decides these itself: AUTH, AUTH_ALB_ARN, AUTH_CLIENT_ID, AUTH_ISSUER (variable oidc), AUTH_NONE_CONFIRMED, CACHE_DIR, FRAME_ANCESTORS (variable frame_ancestors), HISTORY_URL, HOST, LOG_FORMAT, PORT, PROMETHEUS_MULTIPROC_DIR, QUEUE_REGISTRY, SECRETS_ID, SNAPSHOT_AT (variable snapshot_schedule), STATIC_DIR, TRUSTED_PROXIES, URL_PREFIX, WEB_CONCURRENCY and all that begin with AWS_. Leave them out of settings."
  }

  validation {
    condition     = var.oidc != null || alltrue([for name in keys(var.settings) : !startswith(name, "AUTH_") || name == "AUTH_NONE_CONFIRMED"])
    error_message = "Settings that begin with AUTH_ say what somebody who signs in may see, and nobody does without oidc."
  }

  validation {
    condition     = contains(["DEBUG", "INFO"], lookup(var.settings, "LOG_LEVEL", "INFO"))
    error_message = "LOG_LEVEL is DEBUG or INFO: alarms count events that are written at INFO."
  }
}

variable "frame_ancestors" {
  description = "Sites that may show the portal in a frame: origins such as `https://intranet.example.com`, `'self'` or `'none'`"
  type        = list(string)
  default     = ["'self'"]
  nullable    = false

  validation {
    condition     = length(var.frame_ancestors) > 0 && alltrue([for origin in var.frame_ancestors : can(regex("^('self'|'none'|https?://[^\\s;,]+)$", origin))])
    error_message = "Each of frame_ancestors is 'self' or 'none' with its quotes, or an origin such as https://intranet.example.com."
  }
}

################################################################################
# Size
################################################################################

variable "desired_count" {
  description = "Tasks that are always there. Raising it later lifts the floor of the automatic scaling; the running count follows at the next scaling"
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = var.desired_count >= 1 && var.desired_count <= var.max_count && floor(var.desired_count) == var.desired_count
    error_message = "desired_count is a whole number from 1 to max_count."
  }
}

variable "max_count" {
  description = "Tasks that there may be when processors are busy"
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.max_count >= 1 && floor(var.max_count) == var.max_count
    error_message = "max_count is a whole number of at least 1."
  }
}

variable "cpu" {
  description = "Processor of a task in units of which 1024 are one vCPU"
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "cpu is 256, 512, 1024, 2048 or 4096."
  }
}

variable "memory" {
  description = "Memory of a task in MiB"
  type        = number
  default     = 1024
  nullable    = false

  validation {
    condition = contains(lookup({
      256  = [512, 1024, 2048]
      512  = range(1024, 4097, 1024)
      1024 = range(2048, 8193, 1024)
      2048 = range(4096, 16385, 1024)
      4096 = range(8192, 30721, 1024)
    }, var.cpu, []), var.memory)
    error_message = "Fargate does not pair this memory with this cpu: two to eight times cpu, in steps of 1024 MiB; 4096 allows up to 30720, and 256 goes with 512, 1024 or 2048."
  }
}

variable "cpu_architecture" {
  description = "Processor of tasks and function: `ARM64`, a fifth cheaper, or `X86_64`. The image has to be built for it"
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture is ARM64 or X86_64."
  }
}

################################################################################
# History, logs, alarms
################################################################################

variable "snapshot_schedule" {
  description = "When the day that has ended is put into history: after midnight in every queue's zone"
  type = object({
    cron      = optional(string, "cron(15 3 * * ? *)")
    time_zone = optional(string, "UTC")
  })
  default  = {}
  nullable = false

  validation {
    condition     = can(regex("^cron\\(([^ )]+ ){5}[^ )]+\\)$", var.snapshot_schedule.cron))
    error_message = "The cron of snapshot_schedule has six fields in brackets, such as cron(15 3 * * ? *)."
  }
}

variable "history_ttl_days" {
  description = "Days after which a day goes from history. Null keeps all"
  type        = number
  default     = null

  validation {
    condition     = var.history_ttl_days == null ? true : var.history_ttl_days >= 1 && floor(var.history_ttl_days) == var.history_ttl_days
    error_message = "history_ttl_days is a whole number of at least 1, or null."
  }
}

variable "log_retention_days" {
  description = "Days for which log lines are kept"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is one of the numbers that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "alarm_emails" {
  description = "Addresses that alarms are sent to. Each is asked by e-mail to agree"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "Each of alarm_emails is an e-mail address."
  }
}
