internal import Jobs
internal import PipelineSpec
internal import Records

/// What a worker is started with, sent once before its walls go up.
struct WorkerConfiguration: Hashable, Codable, Sendable {
    /// Models to load, the most likely first; empty for a worker that only decodes pictures.
    var languages: [String]
    /// The folder of the models.
    var modelFolder: String
    /// Whether the orientation model is to be loaded when it is first needed.
    var mayTurnPages: Bool
    /// Most memory that the worker may address.
    var addressSpaceBytes: Int
}

/// What the parent asks of a worker.
///
/// A document or a destination comes as a descriptor beside it.
enum WorkerRequest: Codable, Sendable {
    /// First message: load models, raise the walls.
    case configure(WorkerConfiguration)
    /// Kind, pages and sizes of the document passed along.
    case inspect(PageLimits)
    /// The words of one page of the document passed along.
    case read(PageRequest)
    /// One page of the document passed along, prepared, as PNG into the second descriptor.
    case picture(PageRequest)
    /// Whether the document passed along, a drawn page, is printed where a text layer has its words.
    case look(LookRequest)
    /// What the walls let through.
    case probe(ProbeRequest)
}

/// What a picture may cost.
struct PageLimits: Hashable, Codable, Sendable {
    var bytes: Int
    var pixels: Int
}

/// One page to read, and how.
struct PageRequest: Hashable, Codable, Sendable {
    /// From 1.
    var page: Int
    var layout: ReadStep.Layout
    var prepare: [ReadStep.Preparation]
    var limits: PageLimits
    /// Whether bar codes and matrix codes are wanted.
    var barcodes = false
}

/// Things that a walled worker must not be able to do, to be tried.
struct ProbeRequest: Hashable, Codable, Sendable {
    /// A file to open for reading.
    var readablePath: String
    /// A file to make.
    var writablePath: String
    /// A program to execute.
    var program: String
    /// A port of the loopback to connect to.
    var port: UInt16
}

/// What a worker answers.
///
/// Any number of `progress` comes before the one answer to a request.
enum WorkerAnswer: Codable, Sendable {
    case ready(RaisedWallsReport)
    case progress(Int)
    case shape(DocumentShape)
    case page(ReadPage)
    case picture(PreparedPicture)
    case looked(TextLayerLook)
    case probed(ProbeReport)
    case failed(JobFailure)
}

/// Which walls the kernel granted to a worker.
public struct RaisedWallsReport: Hashable, Codable, Sendable {
    /// Whether files are out of reach.
    public var landlock: Bool
    /// Whether system calls are filtered.
    public var seccomp: Bool
}

/// A picture file's pages and the first page's size, known from its header.
struct DocumentShape: Hashable, Codable, Sendable {
    var pageCount: Int
    var width: Int
    var height: Int
}

/// The words of one page and what was done to read them.
struct ReadPage: Hashable, Codable, Sendable {
    /// Count of pages of the file that the page is of.
    var pageCount = 1
    var width: Int
    var height: Int
    /// The language that the words were read in, as the step names it.
    var language: String?
    var words: [Word]
    var symbols: [Symbol] = []
    var isBlank: Bool
    var turnedBy: Int
    var warnings: [String]
    var isCutShort: Bool
}

/// A page that was prepared for another program, and how to bring its boxes back.
struct PreparedPicture: Hashable, Codable, Sendable {
    var placement: Placement
    var pictureWidth: Int
    var pictureHeight: Int
    var turnedBy: Int
    /// Whether anything on it looks like letters; without, and without words, it is blank.
    var hasLetters: Bool
    var symbols: [Symbol] = []
    var warnings: [String]
    var isCutShort: Bool
}

/// What became of each forbidden thing: zero when it went through, else the kernel's error number.
public struct ProbeReport: Hashable, Codable, Sendable {
    /// Opening a file for reading.
    public var read: Int32
    /// Making a file.
    public var write: Int32
    /// Starting a program.
    public var execute: Int32
    /// Making a socket and connecting it.
    public var connect: Int32

    /// Whether every forbidden thing was refused.
    public var isTight: Bool { read != 0 && write != 0 && execute != 0 && connect != 0 }
}
