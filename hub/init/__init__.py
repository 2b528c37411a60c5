"""`chengxin-hub init`: asks for what a first `hub.toml` must say, looks at the sources meanwhile, and writes it."""
