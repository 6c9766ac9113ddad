# One small task with a cache of its own: for one team, or for a look at it.
region = "eu-west-1"

cache_backend = "memory"
desired_count = 1
max_count     = 1

# Nobody signs in, so that only these networks get through.
enable_waf    = true
allowed_cidrs = ["203.0.113.0/24"]

settings = {
  JIRA_BASE_URL = "https://example.atlassian.net"
  JIRA_EMAIL    = "opsportal@example.com"
}
