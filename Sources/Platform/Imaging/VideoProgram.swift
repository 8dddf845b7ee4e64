/// How `ffprobe` and `ffmpeg` are told what is wanted of a video that is their standard input.
///
/// They open that input once more by its name below `/proc`, since they must go back and forth in it, which they cannot in
/// a stream; no path of the user's is handed on.
public enum VideoProgram {
    /// What Debian calls the package that has both.
    public static let package = "ffmpeg"
    /// Most memory that either may address.
    public static let addressSpaceBytes = 4 << 30
    /// Threads that compute: two decode, one chooses the frame, one writes it.
    public static let threads = decodingThreads + 2
    /// ffmpeg's status after a signal that it caught; the limit of processor time sends one.
    public static let caughtSignal: Int32 = 255

    private static let decodingThreads = 2
    private static let input = "/proc/self/fd/0"
    /// A cover picture of a piece of music is no video: hence `V`, not `v`.
    private static let stream = "V:0"

    /// The command that prints what ``VideoFacts/parse(_:)`` reads.
    public static let facts: [String] =
        ffprobe + [
            "-show_entries",
            "stream=width,height,nb_frames,avg_frame_rate,r_frame_rate,duration:format=duration",
            "-of", "json", input,
        ]

    /// The command that prints when each frame is, one a line: for files that do not say how long they are.
    public static let times: [String] =
        ffprobe + ["-show_entries", "packet=pts_time", "-of", "csv=p=0", input]

    /// The command that prints a frame as PPM, upright; nothing where the video has ended by then.
    ///
    /// - Parameter moment: Milliseconds from the start: the first frame from there on is meant.
    /// - Returns: The program and its arguments.
    public static func frame(at moment: Int) -> [String] {
        [
            "ffmpeg", "-nostdin", "-v", "error", "-protocol_whitelist", "file", "-threads",
            "\(decodingThreads)", "-ss", "\(moment)ms", "-i", input, "-map", "0:\(stream)", "-an",
            "-sn", "-dn", "-frames:v", "1", "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24",
            "pipe:1",
        ]
    }

    /// The last thing that either program complained of, in the same words each time it complains of it.
    ///
    /// - Parameter errors: What it wrote to standard error.
    /// - Returns: A line without the name of its input and the address of who says it (`[h264 @ 0x55d0…]`); nil where there is none.
    public static func complaint(in errors: String) -> String? {
        guard let line = errors.split(whereSeparator: \.isNewline).last else { return nil }
        var rest = line[...]
        while rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            rest = rest[rest.index(after: end)...].drop { $0 == " " }
        }
        let name = input + ": "
        if rest.hasPrefix(name) { rest = rest.dropFirst(name.count) }
        return String(rest.isEmpty ? line : rest)
    }

    /// The latest time in the end of what ``times`` printed.
    ///
    /// - Parameter output: Its last lines; the first may be cut.
    /// - Returns: Seconds from the start; nil where there is none.
    public static func lastTime(in output: [UInt8]) -> Double? {
        let lines = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.suffix(1000).compactMap { line in
            line.split(separator: ",").first.flatMap { Double($0) }
        }.filter { (0..<1e7).contains($0) }.max()
    }

    private static let ffprobe = [
        "ffprobe", "-v", "error", "-protocol_whitelist", "file", "-select_streams", stream,
    ]
}
