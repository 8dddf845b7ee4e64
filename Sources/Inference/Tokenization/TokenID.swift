/// A token's number: a row of the embedding table.
public typealias TokenID = Int32
