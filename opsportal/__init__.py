"""The uses of the portal: settings, wiring, reports and commands, without any web framework."""
