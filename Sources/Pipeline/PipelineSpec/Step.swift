public import Records

/// One step of a pipeline.
public enum Step: Hashable, Codable, Sendable {
    /// Text from pictures.
    case read(ReadStep)
    /// Field values by rules over the words.
    case find(FindStep)
    /// Field values or free text from a language model that sees the picture.
    case ask(AskStep)
    /// One label from a language model that sees the text.
    case classify(ClassifyStep)
    /// A short text from a language model that sees the text.
    case summarize(SummarizeStep)
    /// Rules that the record must satisfy.
    case check(CheckStep)

    /// The verb that names the step in a pipeline.
    public var verb: String {
        switch self {
        case .read: "read"
        case .find: "find"
        case .ask: "ask"
        case .classify: "classify"
        case .summarize: "summarize"
        case .check: "check"
        }
    }

    /// Whether the step cannot be done without a language model.
    public var needsModel: Bool {
        switch self {
        case .ask, .classify, .summarize: true
        case .read, .find, .check: false
        }
    }

    /// The condition under which the step runs; nil for always.
    public var condition: StepCondition? {
        switch self {
        case .read, .check: nil
        case .find(let step): step.when
        case .ask(let step): step.when
        case .classify(let step): step.when
        case .summarize(let step): step.when
        }
    }
}

/// `read: text`.
public struct ReadStep: Hashable, Codable, Sendable {
    /// How the page is laid out, which decides how lines are found.
    public enum Layout: String, Codable, Sendable, CaseIterable {
        /// Chosen by the page.
        case auto
        /// Columns, headings and tables, as on a printed page.
        case page
        /// One block of lines, as on a receipt.
        case block
        /// One column of lines of differing size.
        case column
        /// Text scattered over the picture, as on a label.
        case sparse
    }

    /// One preparation of the picture before it is read.
    public enum Preparation: String, Codable, Sendable, CaseIterable {
        /// Turn the page upright (0, 90, 180, 270 degrees). EXIF orientation is always applied.
        case orient
        /// Straighten a page that lies askew by a few degrees.
        case deskew
        /// Stretch the tones so that faint print is dark and paper is white.
        case contrast
        /// Bring the letters to the height that the recogniser was trained on.
        case scale
        /// Read the page again in another tone and at another size, and let the readings vote.
        case reread
        /// Leave out what was read from dashed rules, borders and grain.
        case despeckle

        /// One reading of a prepared picture: `prepare: fast`.
        public static let fast: [Preparation] = [.orient, .deskew, .contrast, .scale, .despeckle]
        /// Everything that makes the text better: `prepare: best`.
        public static let best: [Preparation] = [
            .orient, .deskew, .contrast, .scale, .reread, .despeckle,
        ]
    }

    /// Names of Tesseract's language models, the most likely first: each page is read in the one that it is in.
    ///
    /// `eng+deu` is one entry of two models that read together.
    public var languages: [String]
    /// What is done for a page to be read well.
    public var prepare: [Preparation]
    /// How lines are found.
    public var layout: Layout
    /// Program and arguments that read instead of Tesseract; nil for Tesseract.
    public var engine: [String]?
    /// Whether bar codes and matrix codes are read as well.
    public var barcodes: Bool
    /// Milliseconds from one frame of a video that is read to the next; nil for ``usualFramesEvery``.
    public var framesEvery: Int?

    /// Milliseconds between the frames of a video where the pipeline does not say.
    public static let usualFramesEvery = 2000

    /// Creates a `read` step.
    public init(
        languages: [String] = ["eng"],
        prepare: [Preparation] = Preparation.best,
        layout: Layout = .auto,
        engine: [String]? = nil,
        barcodes: Bool = false,
        framesEvery: Int? = nil
    ) {
        self.languages = languages
        self.prepare = prepare
        self.layout = layout
        self.engine = engine
        self.barcodes = barcodes
        self.framesEvery = framesEvery
    }
}

/// `find: [field, …]`.
public struct FindStep: Hashable, Codable, Sendable {
    /// The fields to look for.
    public var fields: [String]
    /// When to do it.
    public var when: StepCondition?
    /// The user's own forms, with their rules for the step's fields.
    public var forms: [Form]

    /// Creates a `find` step.
    public init(fields: [String], when: StepCondition? = nil, forms: [Form] = []) {
        self.fields = fields
        self.when = when
        self.forms = forms
    }
}

/// What a language model is given of a document.
public enum StepSource: String, Hashable, Codable, Sendable, CaseIterable {
    /// The words that were read.
    case text
    /// The pages as pictures.
    case picture
}

/// `ask: QUESTION`.
public struct AskStep: Hashable, Codable, Sendable {
    /// The question or instruction.
    public var question: String
    /// The fields that the answer fills; empty for free text.
    public var fills: [String]
    /// What the model sees.
    public var from: StepSource
    /// Pages in one window of a long document.
    public var window: Int
    /// Pages from one window's start to the next.
    public var stride: Int
    /// The most tokens of the answer; nil for what the fields can take.
    public var maxTokens: Int?
    /// When to do it.
    public var when: StepCondition?
    /// The engine that the pipeline insists on; nil to let Docket decide.
    public var route: StepRoute?
    /// Whether the texts that it fills are written by the model, as a reply is, and not copied from the page.
    ///
    /// They are not looked for on the page. A single text field is then filled with free text of any number of lines.
    public var composed: Bool
    /// Whether the text of the pages could be its answer: it has been read, and the answer is free text or one text field.
    public var takesText: Bool

    /// Creates an `ask` step; where `takesText` is nil, the text could be its answer if it fills no field.
    public init(
        question: String,
        fills: [String],
        from: StepSource = .picture,
        window: Int = 8,
        stride: Int = 8,
        maxTokens: Int? = nil,
        when: StepCondition? = nil,
        route: StepRoute? = nil,
        composed: Bool = false,
        takesText: Bool? = nil
    ) {
        self.question = question
        self.fills = fills
        self.from = from
        self.window = window
        self.stride = stride
        self.maxTokens = maxTokens
        self.when = when
        self.route = route
        self.composed = composed
        self.takesText = takesText ?? fills.isEmpty
    }
}

/// The engine that a step insists on with `route:`.
public enum StepRoute: String, Hashable, Codable, Sendable, CaseIterable {
    /// The language model.
    case model
    /// Text recognition.
    case text
}

/// `classify: FIELD`.
public struct ClassifyStep: Hashable, Codable, Sendable {
    /// The field, of type `label`.
    public var field: String
    /// What the model sees.
    public var from: StepSource
    /// When to do it.
    public var when: StepCondition?

    /// Creates a `classify` step.
    public init(field: String, from: StepSource = .text, when: StepCondition? = nil) {
        self.field = field
        self.from = from
        self.when = when
    }
}

/// `summarize: FIELD`.
public struct SummarizeStep: Hashable, Codable, Sendable {
    /// The text field that takes the summary.
    public var field: String
    /// What the model sees.
    public var from: StepSource
    /// Pages in one window.
    public var window: Int
    /// Pages from one window's start to the next.
    public var stride: Int
    /// The most tokens of the summary.
    public var maxTokens: Int
    /// When to do it.
    public var when: StepCondition?

    /// Creates a `summarize` step.
    public init(
        field: String,
        from: StepSource = .text,
        window: Int = 8,
        stride: Int = 6,
        maxTokens: Int = 256,
        when: StepCondition? = nil
    ) {
        self.field = field
        self.from = from
        self.maxTokens = maxTokens
        self.window = window
        self.stride = stride
        self.when = when
    }
}

/// `check: [rule, …]`.
public struct CheckStep: Hashable, Codable, Sendable {
    /// The rules, in order.
    public var rules: [CheckRule]

    /// Creates a `check` step.
    public init(rules: [CheckRule]) {
        self.rules = rules
    }
}

/// `when: {missing: […], or-confidence-below: 0.8}`: true when any part of it is.
public struct StepCondition: Hashable, Codable, Sendable {
    /// True when one of these fields has no value.
    public var missing: [String]
    /// True when one of the fields in `missing` has a value of lower confidence.
    public var orConfidenceBelow: Double?

    /// Creates a condition.
    public init(missing: [String], orConfidenceBelow: Double?) {
        self.missing = missing
        self.orConfidenceBelow = orConfidenceBelow
    }
}
