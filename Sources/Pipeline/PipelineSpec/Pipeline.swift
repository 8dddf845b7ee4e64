public import Records

/// One validated YAML file: where documents come from, which record each becomes, by which steps.
public struct Pipeline: Hashable, Sendable {
    /// The pipeline's name; results are stored under it.
    public var name: String
    /// What it is for, for a person.
    public var description: String?
    /// The file it was read from, absolute.
    public var file: String
    /// Where documents come from.
    public var input: InputSpec
    /// The fields of each document's record, in the order of the export's columns.
    public var record: [FieldDefinition]
    /// What is done with each document, in order.
    public var steps: [Step]
    /// Name of the database view that holds the record; the pipeline's name when not given.
    public var table: String
    /// A document with a required value of lower confidence goes under review; nil for what Docket thinks right.
    public var reviewBelow: Double?
    /// The language model that the pipeline names: a path (absolute), a name, or a server's address; nil for none.
    public var model: String?

    /// Creates a pipeline.
    public init(
        name: String,
        description: String?,
        file: String,
        input: InputSpec,
        record: [FieldDefinition],
        steps: [Step],
        table: String,
        reviewBelow: Double? = nil,
        model: String? = nil
    ) {
        self.name = name
        self.description = description
        self.file = file
        self.input = input
        self.record = record
        self.steps = steps
        self.table = table
        self.reviewBelow = reviewBelow
        self.model = model
    }
}

/// Where a pipeline's documents come from and how large they may be.
public struct InputSpec: Hashable, Sendable {
    /// Folders, absolute; relative ones in the file were resolved against the file's folder.
    public var folders: [String]
    /// Globs of paths to look at, relative to a folder; a path that matches none is not found.
    public var include: [String]
    /// Globs of paths to leave out.
    public var exclude: [String]
    /// How long a file must have been left alone before it is read.
    public var settle: Duration
    /// What a document may cost.
    public var limits: Limits

    /// Creates an input specification.
    public init(
        folders: [String],
        include: [String],
        exclude: [String],
        settle: Duration,
        limits: Limits
    ) {
        self.folders = folders
        self.include = include
        self.exclude = exclude
        self.settle = settle
        self.limits = limits
    }
}

/// What one document may cost before it is stopped.
public struct Limits: Hashable, Codable, Sendable {
    /// Largest file in bytes.
    public var bytes: Int
    /// Most pixels of one page.
    public var pixels: Int
    /// Most pages that are read of one document; the rest makes it `partial`.
    public var pages: Int
    /// Longest time for one page, and for one call of an engine, in milliseconds.
    public var millisecondsPerPage: Int
    /// Longest time without any progress, in milliseconds.
    public var stallMilliseconds: Int

    /// The limits of a pipeline that names none.
    public static let standard = Limits(
        bytes: 64_000_000,
        pixels: 120_000_000,
        pages: 1000,
        millisecondsPerPage: 60_000,
        stallMilliseconds: 30_000
    )

    /// Creates limits.
    public init(
        bytes: Int,
        pixels: Int,
        pages: Int,
        millisecondsPerPage: Int,
        stallMilliseconds: Int
    ) {
        self.bytes = bytes
        self.pixels = pixels
        self.pages = pages
        self.millisecondsPerPage = millisecondsPerPage
        self.stallMilliseconds = stallMilliseconds
    }
}
