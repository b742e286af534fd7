a.net b.net
