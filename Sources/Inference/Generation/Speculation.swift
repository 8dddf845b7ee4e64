/// Whether tokens are drafted and verified several at a time.
///
/// A draft changes nothing of an answer: its tokens stay only where the model, and all that has a say in choosing, would have
/// chosen them one by one.
public enum Speculation: String, Sendable, CaseIterable {
    /// Never.
    case off
    /// Where it is expected to save time, judged by what guesses and passes were worth and took so far.
    case whenItPays
    /// With every guess there is, whatever it costs: for tests and measurements.
    case always
}
