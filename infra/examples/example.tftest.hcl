# What holds of every example: `terraform test -test-directory=examples -var-file=examples/<name>.tfvars -var image_digest=…`

mock_provider "aws" {
  source          = "./tests"
  override_during = plan
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "./tests"
  override_during = plan
}

run "an_example_is_accepted" {
  command = plan

  assert {
    condition     = aws_lb.portal.enable_deletion_protection && aws_dynamodb_table.history.deletion_protection_enabled
    error_message = "What is copied from an example is protected."
  }

  assert {
    condition     = startswith(output.portal_url, "https://")
    error_message = "The portal has an address."
  }
}
