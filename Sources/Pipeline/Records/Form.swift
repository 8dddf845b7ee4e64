/// What a user says of one kind of document, such as one shop's receipt: how it is known, and where its values stand.
public struct Form: Hashable, Codable, Sendable {
    /// The name by which reasons and explanations call it.
    public var name: String
    /// How a document is known to be of this kind.
    public var signs: FormSigns
    /// Where values stand, at most one rule a field.
    public var rules: [FormRule]

    /// Creates a form.
    public init(name: String, signs: FormSigns, rules: [FormRule]) {
        self.name = name
        self.signs = signs
        self.rules = rules
    }
}

/// What one page must carry to be of a form; everything that is given must hold.
public struct FormSigns: Hashable, Codable, Sendable {
    /// Words or phrases, all of which are printed.
    public var words: [String]
    /// Words or phrases, at least one of which is printed.
    public var any: [String]
    /// A regular expression (Swift's syntax) that a line matches.
    public var pattern: String?

    /// Creates signs.
    public init(words: [String] = [], any: [String] = [], pattern: String? = nil) {
        self.words = words
        self.any = any
        self.pattern = pattern
    }
}

/// Where one field's value stands on a form, or what it always is.
public struct FormRule: Hashable, Codable, Sendable {
    /// Where a value stands, seen from the words beside it.
    public enum Place: String, Hashable, Codable, Sendable, CaseIterable {
        /// In the same line, behind the words.
        case right
        /// In the same line, before the words.
        case left
        /// Under the words, in their column.
        case below
        /// Over the words, in their column.
        case above
    }

    /// Which of several values at one place is meant.
    public enum Choice: String, Hashable, Codable, Sendable, CaseIterable {
        /// The first one in reading order.
        case first
        /// The last one in reading order.
        case last
    }

    /// The field.
    public var field: String
    /// What the field holds on every document of the form; the rest says nothing then.
    public var content: FieldContent?
    /// Words that stand beside the value.
    public var near: [String]
    /// Where the value stands, seen from these words; to their right or else below them when not given.
    public var place: Place?
    /// A regular expression that the printed value matches; its first group, if any, is the value.
    public var pattern: String?
    /// The part of the page that is looked at; nil for all of the document.
    public var region: FormRegion?
    /// Lines that the value can take up, or that it stands away from the words.
    public var lines: Int?
    /// Which value is meant where several fit; nil to take what stands nearest.
    public var take: Choice?
    /// How `03/04/2025` is meant on this form.
    public var order: DateOrder?

    /// Creates a rule.
    public init(
        field: String,
        content: FieldContent? = nil,
        near: [String] = [],
        place: Place? = nil,
        pattern: String? = nil,
        region: FormRegion? = nil,
        lines: Int? = nil,
        take: Choice? = nil,
        order: DateOrder? = nil
    ) {
        self.field = field
        self.content = content
        self.near = near
        self.place = place
        self.pattern = pattern
        self.region = region
        self.lines = lines
        self.take = take
        self.order = order
    }

    /// Whether it only says how days are written, and leaves the place to the built-in rules.
    public var isOrderOnly: Bool {
        content == nil && near.isEmpty && pattern == nil && region == nil
    }
}

/// A part of a page: between edges in shares of the page's width and height, and between printed words.
public struct FormRegion: Hashable, Codable, Sendable {
    /// Which page of the document.
    public enum Page: Hashable, Codable, Sendable {
        /// The one that carries the form's signs.
        case signed
        /// The first.
        case first
        /// The last.
        case last
        /// The one of this number, from 1.
        case number(Int)
    }

    /// The left edge, 0 to 1 of the page's width.
    public var left: Double
    /// The upper edge, 0 to 1 of the page's height.
    public var top: Double
    /// The right edge, 0 to 1 of the page's width.
    public var right: Double
    /// The lower edge, 0 to 1 of the page's height.
    public var bottom: Double
    /// Words under whose line it begins.
    public var below: [String]
    /// Words over whose line it ends.
    public var above: [String]
    /// The page.
    public var page: Page

    /// Creates a region; the whole page when nothing is given.
    public init(
        left: Double = 0,
        top: Double = 0,
        right: Double = 1,
        bottom: Double = 1,
        below: [String] = [],
        above: [String] = [],
        page: Page = .signed
    ) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
        self.below = below
        self.above = above
        self.page = page
    }
}
