public import Jobs

/// What a model answered, and what it took.
public struct ModelAnswer: Sendable {
    /// Why an answer ended.
    public enum End: String, Sendable, Hashable, Codable, CaseIterable {
        /// The model was done.
        case finished
        /// It had as many tokens as it may have; of fields, the rest was left `null` or short.
        case cut
        /// It had run into a loop: no answer.
        case repetition
    }

    /// The answer; of fields, JSON of the form that was asked for; of a label, the likeliest.
    public var text: String
    /// Why it ended.
    public var end: End
    /// The labels with their probabilities, in the order in which they were given; empty for other shapes, and where a server does not tell
    /// how likely they are.
    public var labels: [LabelProbability]
    /// What was done for it.
    public var work: AnswerWork

    /// Makes an answer.
    public init(
        text: String,
        end: End,
        labels: [LabelProbability] = [],
        work: AnswerWork = AnswerWork()
    ) {
        self.text = text
        self.end = end
        self.labels = labels
        self.work = work
    }

    /// A label and how likely it is.
    public struct LabelProbability: Sendable, Hashable, Codable {
        /// The label.
        public var label: String
        /// Its share among all labels, 0 to 1.
        public var probability: Double

        /// Makes a label.
        public init(label: String, probability: Double) {
            self.label = label
            self.probability = probability
        }
    }
}
