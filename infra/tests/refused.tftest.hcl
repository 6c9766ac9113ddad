# Refused before anything is made. That each rule of a variable says its own words is looked at without a provider, from
# outside, which is quicker.

mock_provider "aws" {
  source          = "./tests"
  override_during = plan
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "./tests"
  override_during = plan
}

variables {
  region        = "eu-west-1"
  image_digest  = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  enable_waf    = true
  allowed_cidrs = ["203.0.113.0/24"]
}

run "a_portal_open_to_everybody" {
  command = plan

  variables {
    enable_waf    = false
    allowed_cidrs = []
  }

  expect_failures = [var.oidc]
}

run "a_public_load_balancer_without_a_name__several_tasks_without_a_shared_cache" {
  command = plan

  variables {
    edge_mode     = "public_alb"
    cache_backend = "memory"
  }

  expect_failures = [var.edge_mode, var.cache_backend]
}

run "sign_in_at_a_provider_that_the_load_balancer_cannot_reach" {
  command = plan

  variables {
    domain_name        = "portal.example.com"
    zone_id            = "Z0123456789EXAMPLE"
    oidc_client_secret = "of-a-test"
    oidc = {
      issuer                 = "https://login.example.com"
      authorization_endpoint = "https://login.example.com/authorize"
      token_endpoint         = "https://login.example.com/token"
      user_info_endpoint     = "https://login.example.com/userinfo"
      client_id              = "opsportal"
    }
  }

  expect_failures = [var.oidc]
}

run "settings_that_are_not_ones_own__a_size_that_there_is_none_of" {
  command = plan

  variables {
    settings      = { AWS_PROFILE = "mine" }
    cpu           = 300
    desired_count = 5
  }

  expect_failures = [var.settings, var.cpu, var.desired_count]
}

run "containers_before_there_is_an_image" {
  command = plan

  variables {
    image_digest = null
  }

  expect_failures = [aws_ecs_task_definition.portal, aws_ecs_task_definition.job, aws_lambda_function.snapshot]
}
