"""`chengxin-hub doctor`: what is wrong with the sources and with the hub itself, and what to do next."""
