type Basket struct {}
