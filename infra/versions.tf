terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # Which bucket and key is said at `terraform init -backend-config=…`: one configuration serves several states.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}
