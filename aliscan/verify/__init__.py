"""Ask Alibaba Cloud who a key is: the only part that may touch the network, only when asked."""
