/// The row of a pipeline.
public struct PipelineID: RawRepresentable, Hashable, Sendable {
    /// The row's number.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The row of an input folder of one pipeline.
public struct FolderID: RawRepresentable, Hashable, Sendable {
    /// The row's number.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// One execution of one pipeline; later runs have higher numbers, over all pipelines.
public struct RunID: RawRepresentable, Hashable, Sendable, Comparable {
    /// The row's number, as a person names the run.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Ordered by start.
    public static func < (left: RunID, right: RunID) -> Bool { left.rawValue < right.rawValue }
}

/// The row of a document.
public struct DocumentID: RawRepresentable, Hashable, Sendable {
    /// The row's number.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The row of a path during the runs in which it held.
public struct LocationID: RawRepresentable, Hashable, Sendable {
    /// The row's number.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The row of a job.
public struct JobID: RawRepresentable, Hashable, Sendable {
    /// The row's number.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The row of a candidate for a field's value.
public struct ValueID: RawRepresentable, Hashable, Sendable {
    /// The row's number.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(rawValue: Int64) { self.rawValue = rawValue }
}
