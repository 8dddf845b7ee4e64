/// What is said to a model: instructions, then turns of a user and of the assistant.
public struct Conversation: Equatable, Sendable {
    /// Instructions in front of everything; nil leaves it to the checkpoint's template, which may
    /// have a text of its own.
    public var system: String?
    /// The turns, oldest first.
    public var turns: [Turn]

    /// Makes a conversation.
    ///
    /// - Parameters:
    ///   - system: Instructions.
    ///   - turns: The turns, oldest first.
    public init(system: String? = nil, turns: [Turn]) {
        self.system = system
        self.turns = turns
    }
}

/// What one side says at once.
public struct Turn: Equatable, Sendable {
    /// Who speaks.
    public enum Role: String, Sendable {
        /// The one who asks.
        case user
        /// The model.
        case assistant
    }

    /// Who speaks.
    public var role: Role
    /// Text and pictures in the order in which the model sees them; nothing comes between them.
    public var parts: [TurnPart]

    /// Makes a turn.
    ///
    /// - Parameters:
    ///   - role: Who speaks.
    ///   - parts: Text and pictures in order; an assistant's turn has text only.
    public init(_ role: Role, _ parts: [TurnPart]) {
        self.role = role
        self.parts = parts
    }

    /// A user's turn.
    public static func user(_ parts: TurnPart...) -> Turn { Turn(.user, parts) }

    /// An answer that the model gave.
    public static func assistant(_ text: String) -> Turn { Turn(.assistant, [.text(text)]) }
}

/// A part of a turn.
public enum TurnPart: Equatable, Sendable {
    /// Text of any origin: control tokens in it are text.
    case text(String)
    /// A picture that the vision tower turns into so many tokens: `gridHeight * gridWidth / 4`.
    case picture(tokens: Int)
    /// A video, one step for each pair of frames.
    case video([VideoStep])
}

/// Two frames of a video that the vision tower takes together.
public struct VideoStep: Equatable, Sendable {
    /// When it is: the mean of its two frames' times, in seconds.
    public var seconds: Double
    /// Tokens that it becomes: `gridHeight * gridWidth / 4`.
    public var tokens: Int

    /// Makes a step.
    ///
    /// - Parameters:
    ///   - seconds: The mean of its two frames' times.
    ///   - tokens: Tokens that it becomes.
    public init(seconds: Double, tokens: Int) {
        self.seconds = seconds
        self.tokens = tokens
    }

    /// The text in front of the step's tokens.
    ///
    /// The number is C's `%.1f`: the nearest tenth of the exact binary value, the even one of two
    /// that are equally near, so 0.25 is 0.2 and 0.35, which is a little less, 0.3.
    var timestamp: String {
        let scaled = seconds * 10
        // what the product lost by rounding decides when it lies half-way between two tenths
        let lost = (-scaled).addingProduct(seconds, 10)
        var tenths = scaled.rounded(.toNearestOrEven)
        if abs(scaled - scaled.rounded(.towardZero)) == 0.5, lost != 0 {
            tenths = lost > 0 ? scaled.rounded(.up) : scaled.rounded(.down)
        }
        let whole = Int(tenths)
        return "<\(whole / 10).\(whole % 10) seconds>"
    }
}
