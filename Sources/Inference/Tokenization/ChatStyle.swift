/// The families whose conversations can be put into tokens.
public enum ChatFamily: String, Sendable, CaseIterable {
    /// Qwen3-VL: pictures and text, no system text of its own.
    case qwen3VL
    /// Qwen3: text, thinking can be switched off, no system text of its own.
    case qwen3
    /// Qwen2, Qwen2.5 and Qwen1.5: text, a system text of its own.
    case qwen2
}

/// How a checkpoint's template differs from another's; all share the frame of `<|im_start|>`.
///
/// Docket runs no Jinja. Qwen's templates are one frame with a few switches, and each switch leaves
/// a mark in the text of the template.
struct ChatStyle: Equatable, Sendable {
    /// The system text that is put in front when the conversation has none.
    var system: String?
    /// Whether there are places for pictures and videos.
    var takesPictures: Bool
    /// What follows the mark of the assistant's turn when the model is to speak.
    var opening = Opening.nothing
    /// Whether what an earlier answer thought is left out.
    var dropsThoughts = false
    /// Whether an answer after the last question is put in a think block, be it an empty one.
    var wrapsLastAnswer = false

    /// What follows the mark of the assistant's turn when the model is to speak.
    enum Opening: Equatable, Sendable {
        /// Nothing.
        case nothing
        /// An empty think block when thinking is switched off.
        case switchable
        /// The beginning of a think block, always.
        case thinking
    }

    /// The usual style of a family.
    init(family: ChatFamily) {
        switch family {
        case .qwen3VL: self.init(system: nil, takesPictures: true)
        case .qwen3:
            self.init(
                system: nil,
                takesPictures: false,
                opening: .switchable,
                dropsThoughts: true,
                wrapsLastAnswer: true
            )
        case .qwen2: self.init(system: "You are a helpful assistant", takesPictures: false)
        }
    }

    private init(
        system: String?,
        takesPictures: Bool,
        opening: Opening = .nothing,
        dropsThoughts: Bool = false,
        wrapsLastAnswer: Bool = false
    ) {
        self.system = system
        self.takesPictures = takesPictures
        self.opening = opening
        self.dropsThoughts = dropsThoughts
        self.wrapsLastAnswer = wrapsLastAnswer
    }

    /// Templates longer than this are nobody's: Qwen's have 6,000 bytes.
    private static let longest = 1 << 18

    /// Reads the marks in a template; nothing when it has not the frame of Qwen's.
    ///
    /// - Parameter template: Jinja text of any origin.
    init?(template: String) {
        guard template.utf8.count <= Self.longest else { return nil }
        let text = Self.withLineBreaks(Array(template.utf8))
        func has(_ mark: String) -> Bool { text.contains(Array(mark.utf8)) }
        guard has("<|im_start|>"), has("<|im_end|>"), has("add_generation_prompt") else {
            return nil
        }
        system = Self.systemText(in: text)
        takesPictures = has("<|image_pad|>")
        if has("enable_thinking"), has("<think>\n\n</think>\n\n") {
            opening = .switchable
        } else if has("<|im_start|>assistant\n<think>\n") {
            opening = .thinking
        }
        dropsThoughts = has("split('</think>')")
        wrapsLastAnswer = dropsThoughts && has("loop.last or (not loop.last")
    }

    /// The text with `\n` made a line break: so it is written in a string of Jinja, outside as itself.
    private static func withLineBreaks(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "\\"), index + 1 < text.count,
                text[index + 1] == UInt8(ascii: "n")
            {
                result.append(0x0A)
                index += 2
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    /// The text between the marks of a system turn, when it is written out in the template.
    ///
    /// An unescaped quote or a brace ends the search in one place: an expression stands there.
    private static func systemText(in text: [UInt8]) -> String? {
        let start = Array("<|im_start|>system\n".utf8)
        let end = Array("<|im_end|>".utf8)
        var rest = text[...]
        while let mark = rest.firstRange(of: start) {
            var written: [UInt8] = []
            rest = rest[mark.upperBound...]
            scan: while let byte = rest.first {
                switch byte {
                case UInt8(ascii: "\\"):
                    rest = rest.dropFirst()
                    if let escaped = rest.first { written.append(escaped) }
                case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "}"):
                    break scan
                case UInt8(ascii: "<") where rest.starts(with: end):
                    if written.isEmpty { break scan }
                    return String(decoding: written, as: UTF8.self)
                default: written.append(byte)
                }
                rest = rest.dropFirst()
            }
        }
        return nil
    }
}
