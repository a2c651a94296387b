type Basket struct { total int }
