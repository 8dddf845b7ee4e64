/// Why an answer ended.
public enum AnswerEnd: String, Sendable {
    /// The model said that it was done.
    case finished
}
