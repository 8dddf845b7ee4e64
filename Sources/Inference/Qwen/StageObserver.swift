/// Sees what each stage of the model computes, for comparisons with another implementation of it.
///
/// Stages are `patch_embed`, `embedded`, `block.N`, `merger` and `deepstack.K` of the vision tower; `rope.cos`, `rope.sin`, `hidden.L`
/// (what enters layer L; the last one enters the norm), `final_norm` and `logits` of the decoder.
public struct StageObserver: Sendable {
    /// The first position whose logits are wanted; nil leaves it to those of the last one.
    public let logitsFrom: Int?
    /// Is given a stage's name, its rows and columns, and `[rows, columns]`.
    public let receive: @Sendable (_ stage: String, _ rows: Int, _ columns: Int, [Float]) -> Void

    /// Makes an observer.
    ///
    /// - Parameters:
    ///   - logitsFrom: The first position whose logits are wanted.
    ///   - receive: Is given each stage; the model waits for it.
    public init(
        logitsFrom: Int? = nil,
        receive: @escaping @Sendable (String, Int, Int, [Float]) -> Void
    ) {
        self.logitsFrom = logitsFrom
        self.receive = receive
    }
}
