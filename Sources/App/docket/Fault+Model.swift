import ModelStore

extension Fault {
    /// The model that messages name where there is none.
    static let usualModel = "Qwen/Qwen3-VL-2B-Instruct"

    /// The words for a model that cannot be found.
    init(model fault: ModelStoreFault) {
        switch fault {
        case .notAName(let text):
            self.init(
                .usage,
                "'\(text)' is no name of a model; expected OWNER/NAME, such as \(Self.usualModel)"
            )
        case .noModel(_, let begun) where !begun.isEmpty:
            self.init(
                .noInput,
                "no model is installed, and the download of \(Self.some(begun)) has not ended; "
                    + "`docket model pull \(begun[0])` goes on with it"
            )
        case .noModel(let store, _):
            self.init(
                .noInput,
                "no model is installed in \(store); `docket model pull \(Self.usualModel)` gets one, or name a "
                    + "folder, GGUF file or packed file with --model"
            )
        case .severalModels(let names):
            self.init(
                .usage,
                "several models are installed (\(Self.some(names))); choose one with --model or $DOCKET_MODEL"
            )
        case .notInstalled(let name, let installed):
            self.init(
                .noInput,
                "no model '\(name)': no folder or file of that name, and not installed"
                    + (installed.isEmpty ? "" : " (\(Self.some(installed)) are)")
                    + "; `docket model pull \(name.contains("/") ? name : Self.usualModel)` gets it"
            )
        case .incomplete(let name):
            self.init(
                .noInput,
                "\(name): its download has not ended; run `docket model pull` for it again, it goes on"
            )
        case .noSuchPath(let path):
            self.init(.noInput, "\(path): no such file or folder; `docket model list` lists models")
        case .notAModel(let path, let lacks):
            self.init(
                .noInput,
                "\(path): not a model, it lacks \(lacks); expected a folder with config.json, a tokenizer and "
                    + "*.safetensors, a GGUF file, or a packed file"
            )
        case .severalFiles(let folder, let files):
            self.init(
                .usage,
                "\(folder): several GGUF files (\(Self.some(files))); name one of them with --model"
            )
        case .address(let address):
            self.init(
                .usage,
                "\(address): not a model; `docket run` asks servers at http:// and https:// addresses, "
                    + "everything else takes a folder, a GGUF file or an installed model"
            )
        default: self.init(pull: fault)
        }
    }

    /// The words for a pull that cannot be made or did not succeed.
    private init(pull fault: ModelStoreFault) {
        switch fault {
        case .notAnAddress(let text):
            self.init(.usage, "--from '\(text)': expected http://… or https://…, without a query")
        case .addressWithPassword(let host):
            self.init(
                .usage,
                "--from: no user or password in the address of \(host); a token goes into $HF_TOKEN"
            )
        case .badProxy(let name):
            self.init(.usage, "$\(name): expected http://HOST:PORT or socks5://HOST:PORT")
        case .badCertificates(let path):
            self.init(.usage, "$SSL_CERT_FILE: \(path) holds no certificates that can be read")
        case .folderInUse(let path):
            self.init(
                .cannotCreate,
                "\(path): holds something else, which is left alone; name a new folder with --into"
            )
        case .busy(let name, let process):
            self.init(
                .tryLater,
                "\(name): another pull of it is at work\(process.map { " (process \($0))" } ?? ""); "
                    + "let it end"
            )
        case .notEnoughRoom(let path, let needed, let free):
            self.init(
                .cannotCreate,
                "\(path): \(ByteCount(needed)) are still to come and \(ByteCount(free)) are free; make room, or "
                    + "choose another disk with --into or $DOCKET_MODELS"
            )
        case .diskFull(let path):
            self.init(
                .cannotCreate,
                "\(path): no room left on the disk; what is there is kept: free some room and pull again"
            )
        case .disk(let path, let reason):
            self.init(.cannotCreate, "\(path): \(reason); check the folder and its permissions")
        case .cancelled: self.init(.interrupted, "interrupted; pull again and it goes on from here")
        default: self.init(server: fault)
        }
    }

    /// The words for what a server says or does.
    private init(server fault: ModelStoreFault) {
        let access =
            "accept its terms on the hub's page of the model, then put a token of your account into $HF_TOKEN"
        switch fault {
        case .noSuchModel(let name, let from, let hadToken):
            self.init(
                .noInput,
                "\(from) has no model \(name)\(hadToken ? " that your token may see" : ""); check the spelling"
                    + (hadToken ? "" : ", or put a token into $HF_TOKEN if it is private")
            )
        case .noSuchRevision(let revision, let name):
            self.init(.noInput, "\(name) has no revision '\(revision)'; check --revision")
        case .gated(let name, let hadToken):
            self.init(
                .noInput,
                "\(name): its owner lets in those who ask"
                    + (hadToken ? ", and your token's account has not been" : "") + "; \(access)"
            )
        case .unauthorised(let name, let hadToken):
            self.init(
                .noInput,
                hadToken
                    ? "\(name): the server does not accept your token; make a new one and put it into $HF_TOKEN"
                    : "\(name): no such model, or a private one; check the spelling, or put a token into $HF_TOKEN"
            )
        case .noSuchFile(let file, let available):
            self.init(
                .noInput,
                "\(file): no such file there"
                    + (available.isEmpty
                        ? "; pull again, the model may just have changed"
                        : "; the GGUF files are \(Self.some(available))")
            )
        case .chooseFile(let name, let files):
            self.init(
                .usage,
                "\(name) has several GGUF files; choose with --file: \(Self.some(files))"
            )
        case .splitFile(let file):
            self.init(
                .usage,
                "\(file): `docket model pull` does not fetch GGUF files in parts; copy all parts into one folder and "
                    + "name the first with --model"
            )
        case .nothingToRun(let name, let found):
            self.init(
                .noInput,
                "\(name): nothing that Docket runs (config.json with *.safetensors, or *.gguf)"
                    + (found.isEmpty ? "" : " among \(Self.some(found))")
            )
        case .missingPart(let part):
            self.init(
                .noInput,
                "\(part): the model's index names it and the server lacks it; try later"
            )
        case .refused(let address, let status, let words):
            self.init(
                .noInput,
                "\(address): the server answers \(status)\(words.isEmpty ? "" : " (\(words))"); check --from"
            )
        case .comeBack(let after, let file):
            self.init(
                .tryLater,
                "\(file): the server asks to come back in \(Int(after.seconds)) s; what is there is kept"
            )
        case .notAHub(let address):
            self.init(
                .noInput,
                "\(address): the answer is not that of a model hub; check --from or $HF_ENDPOINT"
            )
        default: self.init(transfer: fault)
        }
    }

    /// The words for bytes that do not come, or come wrong.
    private init(transfer fault: ModelStoreFault) {
        switch fault {
        case .gaveUp(let file, let trouble, let attempts):
            self.init(
                .tryLater,
                "\(file): \(trouble.words); given up after \(attempts) attempt\(attempts == 1 ? "" : "s"), what "
                    + "is there is kept: pull again later"
            )
        case .wrongDigest(let file, let expected, let found):
            self.init(
                .noInput,
                "\(file): the bytes are not the published ones, twice (expected \(expected), found \(found)); "
                    + "they were thrown away: pull again later, or from another server with --from"
            )
        case .wrongForm(let file, let detail):
            self.init(
                .noInput,
                "\(file): damaged or something else (\(detail)); it was thrown away: pull from another server"
            )
        case .revisionMoved(let file, _, let found):
            self.init(
                .tryLater,
                "\(file): the server has moved to commit \(found) meanwhile; pull again"
            )
        case .answerTooLong(let address, let limit):
            self.init(
                .noInput,
                "\(address): the answer is longer than \(ByteCount(limit)), which no such answer is; check --from"
            )
        case .badRedirect(let address):
            self.init(
                .noInput,
                "\(address): leads to no server that may be followed (HTTP, and never from HTTPS to it)"
            )
        case .tooManyRedirects(let address):
            self.init(.noInput, "\(address): sends us in a circle; check --from")
        case .notTrusted(let host, let detail):
            self.init(
                .noInput,
                "\(host): its certificate is not trusted (\(detail)); `apt install ca-certificates`, or check "
                    + "the clock and --from"
            )
        case .proxyRefused(let detail):
            self.init(.noInput, "the proxy does not let us through (\(detail)); check $https_proxy")
        case .unsafeName(let name):
            self.init(
                .noInput,
                "the server names a file '\(name)', which would lie outside the model; nothing was fetched"
            )
        case .tooMuch(let what):
            self.init(.noInput, "the server offers \(what), more than a model has; check --from")
        default: self.init(.software, "unexpected: \(fault); please report this")
        }
    }
}

extension TransferTrouble {
    /// What happened.
    var words: String {
        switch self {
        case .cannotConnect(let host, let detail): "no connection to \(host) (\(detail))"
        case .connectionLost(let detail): "the connection broke (\(detail))"
        case .silent: "the server fell silent"
        case .status(429): "the server has had too many requests"
        case .status(let status): "the server answers \(status)"
        case .wrongRange(let asked, let answered):
            "asked for what follows byte \(asked), the server sends '\(answered)'"
        case .wrongLength(let expected, let found):
            "the server sends \(found) bytes where \(expected) are expected"
        case .tooLong(let expected): "the server sends more than the \(expected) bytes of the file"
        case .encoded(let encoding): "the server sends it encoded (\(encoding)), unasked"
        }
    }
}

extension StartOver {
    /// What happened.
    var words: String {
        switch self {
        case .rangeIgnored: "the server cannot go on in the middle; from the start again"
        case .changed: "is another file now; from the start again"
        case .wrongDigest: "its bytes do not match its hash; from the start again"
        }
    }
}

extension PullCheck {
    /// What was done.
    var words: String {
        switch self {
        case .sha256: "here, SHA-256 checked"
        case .gitSHA1: "here, git's SHA-1 checked"
        case .form: "here; the server names no hash, only its form was checked"
        }
    }
}
