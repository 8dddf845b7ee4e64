import Generation
import Qwen
import Tokenization

extension Fault {
    /// The words for an answer that could not be made.
    init(generation fault: GenerationFault) {
        switch fault {
        case .cancelled: self.init(.interrupted, "interrupted")
        case .contextExceeded(let needed, let limit):
            self.init(
                .someFailed,
                "question, texts and pictures are \(needed) tokens, and the model holds \(limit); shorten the "
                    + "text, show fewer pictures, or make them smaller with --image-tokens"
            )
        case .outOfMemory(let bytes):
            self.init(
                .someFailed,
                "no memory for \(bytes) more bytes of keys, values or features; show fewer or smaller pictures "
                    + "(--image-tokens), or a shorter text"
            )
        case .logitsNotFinite(let step, _):
            self.init(
                .someFailed,
                "the model computes no numbers at token \(step + 1) of the answer; its weights may be damaged: "
                    + "`docket model inspect` looks at them, or try --precision f32"
            )
        case .optionOutOfRange(let name, let value):
            self.init(.usage, "--\(name) \(value): \(Self.range(ofOption: name))")
        case .pictureMismatch(let tokens, let features):
            self.init(
                .software,
                "\(tokens) tokens for \(features) features of pictures; please report this with the model's name"
            )
        case .logitsMiscounted(let found, let expected):
            self.init(
                .software,
                "the model gave \(found) logits for \(expected) rows; please report this with the model's name"
            )
        case .nothingAllowed(let step):
            self.init(
                .software,
                "nothing may follow token \(step) of the answer; please report this with the question"
            )
        case .tokenOutOfRange(let token, let size):
            self.init(
                .noInput,
                "the tokenizer's token \(token) is none of the model's \(size) rows: they are of two models; pull the "
                    + "model again"
            )
        case .emptyPrompt: self.init(.usage, "the question is empty")
        }
    }

    private static func range(ofOption name: String) -> String {
        switch name {
        case "temperature": "expected 0 (always the likeliest token) or more"
        case "top-k": "expected 0 (all tokens) or more"
        case "top-p": "expected more than 0, at most 1 (all tokens)"
        case "min-p": "expected 0 (all tokens) to 1"
        case "repetition-penalty": "expected 0.01 to 100; 1 is none"
        case "presence-penalty": "expected -100 to 100; 0 is none"
        default: "out of range"
        }
    }

    /// The words for a conversation that cannot be put into tokens.
    init(template fault: ChatTemplateFault, model: String) {
        switch fault {
        case .missingToken(let token, let tokenizer):
            self.init(
                .noInput,
                "\(tokenizer): has no token \(token), which every conversation needs; pull \(model) again"
            )
        case .noPictures: self = .blind(model: model)
        case .pictureInAnswer, .pictureTokens, .emptyVideo, .time:
            self.init(
                .software,
                "the question cannot be put into tokens (\(fault)); please report this"
            )
        }
    }

    /// The words for a picture that is shown to a model of text.
    static func blind(model: String) -> Fault {
        Fault(
            .usage,
            "\(model) reads text only and cannot be shown pictures; choose a model that sees, such as "
                + "`docket model pull Qwen/Qwen3-VL-2B-Instruct`, or give it the text of the picture: "
                + "`docket read PICTURE | docket ask \"…\" --text -`"
        )
    }

    /// The words for a picture that is shown to a model whose vision tower is missing.
    static func halfBlind(model: String) -> Fault {
        Fault(
            .usage,
            "\(model) is half a model: its vision tower is in a file of its own, named mmproj…; "
                + "put it beside, or name it with --mmproj"
        )
    }

    /// The words for a picture that cannot be made ready for the model.
    static func preprocessing(_ fault: PreprocessingFault, file: String) -> Fault {
        switch fault {
        case .tooNarrow(let width, let height, let limit):
            Fault(
                .someFailed,
                "\(file): \(width) × \(height) pixels; one side may be at most \(limit) times as long as the other; "
                    + "cut it into parts"
            )
        case .noFrames: Fault(.someFailed, "\(file): no frame in it")
        case .unequalFrames(let frame, let width, let height):
            Fault(
                .someFailed,
                "\(file): frame \(frame + 1) has another size (\(width) × \(height)) than the first"
            )
        case .unevenSides(let width, let height, let multiple):
            Fault(
                .software,
                "\(file): \(width) × \(height) pixels are no multiples of \(multiple); please report this"
            )
        case .unreadableSettings(let cause):
            Fault(
                .noInput,
                "\(file): no settings that can be read (\(cause)); pull the model again"
            )
        case .unsupportedSetting(let key, let found, let expected):
            Fault(.noInput, "\(file): \(key) is \(found), and only \(expected) is run")
        }
    }
}
