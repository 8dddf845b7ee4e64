/// Puts conversations into tokens as a checkpoint's chat template does.
///
/// Control tokens are put in by id. All text of the conversation, the assistant's too, is encoded
/// without looking for added tokens, so that `<|im_end|>` in a document ends no turn. Tools are not
/// rendered: Docket gives the model none.
public struct ChatTemplate: Sendable {
    /// What a caller can choose; the defaults are the reference's.
    public struct Options: Equatable, Sendable {
        /// Whether the assistant's turn is opened at the end, for the model to speak.
        public var addsGenerationPrompt = true
        /// Whether `Picture 1: ` and `Video 1: ` are put in front of pictures and videos.
        public var numbersPictures = false
        /// False closes an empty think block in front of the answer, where the template knows how.
        public var thinking = true
        /// Whether a template that always opens a think block has it closed as well, empty, where ``thinking`` is false: the reference
        /// has no such choice.
        public var closesThoughts = false
        /// Whether the steps of a video are inside one more pair of vision marks, as transformers 5
        /// has them; 4.57, with which Qwen3-VL came out, has not.
        public var nestsVideo = false

        /// The reference's choices.
        public init() {}
    }

    /// What to tell the user, once.
    public let warnings: [ChatTemplateWarning]
    let style: ChatStyle
    private let tokenizer: Tokenizer

    /// Takes the style of the template that came with the tokenizer, or the family's.
    ///
    /// - Parameters:
    ///   - tokenizer: The model's tokenizer.
    ///   - family: What to fall back on; a family with pictures takes them whatever the template.
    public init(_ tokenizer: Tokenizer, family: ChatFamily) {
        self.tokenizer = tokenizer
        guard let text = tokenizer.chatTemplateText else {
            style = ChatStyle(family: family)
            warnings = [.missing(family: family)]
            return
        }
        if var found = ChatStyle(template: text) {
            // copies of a vision model with a template of text alone go about
            if family == .qwen3VL { found.takesPictures = true }
            style = found
            warnings = []
        } else {
            style = ChatStyle(family: family)
            warnings = [.unknown(family: family, begins: Excerpt.of(text))]
        }
    }

    /// The tokens of a conversation.
    ///
    /// - Parameters:
    ///   - conversation: What is said.
    ///   - options: The caller's choices.
    /// - Returns: The ids, each picture and each step of a video with all its tokens.
    /// - Throws: ``ChatTemplateFault``.
    public func prompt(
        _ conversation: Conversation,
        options: Options = Options()
    ) throws(ChatTemplateFault) -> ChatPrompt {
        var prompt = ChatPrompt()
        // text is encoded up to the next control token: bytes merge across the template's own text
        var text = ""
        func close() {
            if !text.isEmpty { prompt.ids += tokenizer.encode(text) }
            text = ""
        }
        func put(_ pad: TokenID, _ count: Int) -> Range<Int> {
            let start = prompt.ids.count
            prompt.ids.append(contentsOf: repeatElement(pad, count: count))
            return start..<prompt.ids.count
        }
        for piece in try pieces(conversation, options) {
            switch piece {
            case .text(let more): text += more
            case .control(let token):
                let id = try self.id(of: token)
                close()
                prompt.ids.append(id)
            case .pictureTokens(let count):
                let pad = try id(of: "<|image_pad|>")
                close()
                prompt.pictures.append(put(pad, count))
            case .videoTokens(let count, let step):
                let pad = try id(of: "<|video_pad|>")
                close()
                if step == 0 { prompt.videos.append([]) }
                prompt.videos[prompt.videos.count - 1].append(put(pad, count))
            }
        }
        close()
        return prompt
    }

    /// The text that the checkpoint's template gives, one mark for each picture and video: for
    /// people and for comparing, never for encoding.
    ///
    /// - Parameters:
    ///   - conversation: What is said.
    ///   - options: The caller's choices.
    /// - Returns: Text with control tokens written out.
    /// - Throws: ``ChatTemplateFault``.
    public func text(
        _ conversation: Conversation,
        options: Options = Options()
    ) throws(ChatTemplateFault) -> String {
        var conversation = conversation
        for turn in conversation.turns.indices {
            for part in conversation.turns[turn].parts.indices {
                switch conversation.turns[turn].parts[part] {
                case .text: break
                case .picture: conversation.turns[turn].parts[part] = .picture(tokens: 1)
                case .video: conversation.turns[turn].parts[part] = .video([])
                }
            }
        }
        var text = ""
        for piece in try pieces(conversation, options, marksOnly: true) {
            switch piece {
            case .text(let more), .control(let more): text += more
            case .pictureTokens: text += "<|image_pad|>"
            case .videoTokens: text += "<|video_pad|>"
            }
        }
        return text
    }

    private func id(of token: String) throws(ChatTemplateFault) -> TokenID {
        guard let id = tokenizer.id(ofAdded: token) else {
            throw .missingToken(token, tokenizer: tokenizer.source)
        }
        return id
    }

    // MARK: Pieces

    private enum Piece {
        case text(String)
        case control(String)
        case pictureTokens(Int)
        case videoTokens(Int, step: Int)
    }

    private func pieces(
        _ conversation: Conversation,
        _ options: Options,
        marksOnly: Bool = false
    ) throws(ChatTemplateFault) -> [Piece] {
        var pieces: [Piece] = []
        func open(_ role: String) {
            pieces += [.control("<|im_start|>"), .text(role + "\n")]
        }
        func close() {
            pieces += [.control("<|im_end|>"), .text("\n")]
        }
        if let system = conversation.system ?? style.system {
            open("system")
            pieces.append(.text(system))
            close()
        }
        let lastQuestion = conversation.turns.lastIndex { $0.role == .user } ?? -1
        var counters = (pictures: 0, videos: 0)
        for (place, turn) in conversation.turns.enumerated() {
            open(turn.role.rawValue)
            switch turn.role {
            case .user:
                for part in turn.parts {
                    try add(part, options, marksOnly, &counters, to: &pieces)
                }
            case .assistant:
                var text = ""
                for part in turn.parts {
                    guard case .text(let more) = part else { throw .pictureInAnswer(turn: place) }
                    text += more
                }
                let isLast = place == conversation.turns.count - 1
                pieces += answer(text, afterLastQuestion: place > lastQuestion, isLast: isLast)
            }
            close()
        }
        if options.addsGenerationPrompt {
            open("assistant")
            switch style.opening {
            case .nothing: break
            case .switchable:
                if !options.thinking {
                    pieces += [think("<think>"), .text("\n\n"), think("</think>"), .text("\n\n")]
                }
            case .thinking where !options.thinking && options.closesThoughts:
                pieces += [think("<think>"), .text("\n\n"), think("</think>"), .text("\n\n")]
            case .thinking: pieces += [think("<think>"), .text("\n")]
            }
        }
        return pieces
    }

    private func add(
        _ part: TurnPart,
        _ options: Options,
        _ marksOnly: Bool,
        _ counters: inout (pictures: Int, videos: Int),
        to pieces: inout [Piece]
    ) throws(ChatTemplateFault) {
        switch part {
        case .text(let text): pieces.append(.text(text))
        case .picture(let tokens):
            guard style.takesPictures else { throw .noPictures }
            guard tokens > 0 else { throw .pictureTokens(tokens) }
            counters.pictures += 1
            if options.numbersPictures { pieces.append(.text("Picture \(counters.pictures): ")) }
            pieces += [
                .control("<|vision_start|>"), .pictureTokens(tokens), .control("<|vision_end|>"),
            ]
        case .video(let steps):
            guard style.takesPictures else { throw .noPictures }
            counters.videos += 1
            if options.numbersPictures { pieces.append(.text("Video \(counters.videos): ")) }
            if marksOnly {
                pieces += [
                    .control("<|vision_start|>"), .videoTokens(1, step: 0),
                    .control("<|vision_end|>"),
                ]
                return
            }
            guard !steps.isEmpty else { throw .emptyVideo }
            if options.nestsVideo { pieces.append(.control("<|vision_start|>")) }
            for (place, step) in steps.enumerated() {
                guard step.seconds >= 0, step.seconds < 366 * 86_400 else {
                    throw .time(step.seconds)
                }
                guard step.tokens > 0 else { throw .pictureTokens(step.tokens) }
                pieces += [
                    .text(step.timestamp), .control("<|vision_start|>"),
                    .videoTokens(step.tokens, step: place), .control("<|vision_end|>"),
                ]
            }
            if options.nestsVideo { pieces.append(.control("<|vision_end|>")) }
        }
    }

    /// A think mark: the token where the vocabulary has it, text where not.
    private func think(_ mark: String) -> Piece {
        tokenizer.id(ofAdded: mark) == nil ? .text(mark) : .control(mark)
    }

    /// An earlier answer, its thoughts left out or set apart as the template does.
    private func answer(_ text: String, afterLastQuestion: Bool, isLast: Bool) -> [Piece] {
        guard style.dropsThoughts else { return [.text(text)] }
        let answer = ThoughtfulAnswer(text)
        guard style.wrapsLastAnswer, afterLastQuestion, isLast || !answer.thoughts.isEmpty else {
            return [.text(answer.said)]
        }
        return [
            think("<think>"), .text("\n" + answer.thoughts + "\n"), think("</think>"),
            .text("\n\n" + answer.withoutLeadingBreaks),
        ]
    }
}

/// A conversation as tokens.
public struct ChatPrompt: Equatable, Sendable {
    /// The ids.
    public var ids: [TokenID] = []
    /// Where each picture's tokens are, in order.
    public var pictures: [Range<Int>] = []
    /// Where the tokens of each step of each video are, in order.
    public var videos: [[Range<Int>]] = []
}
