x.net -o
