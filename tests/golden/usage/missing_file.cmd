nowhere.net
