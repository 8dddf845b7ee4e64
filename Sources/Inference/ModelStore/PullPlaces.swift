internal import Glibc
internal import SystemPackage

/// The folders of one pull: where the model ends, where it is put together, and the lock beside them.
struct PullPlaces {
    let target: FilePath
    let incoming: FilePath
    let lock: FilePath
    private let replaced: FilePath

    init(_ request: PullRequest, store: ModelStore) {
        var target = request.into.map { FilePath($0) } ?? store.folder(of: request.name)
        target.lexicallyNormalize()
        self.target = target
        let name = target.lastComponent?.string ?? request.name.name
        let parent = target.removingLastComponent()
        incoming = parent.appending(name + StoreFolder.incoming)
        lock = parent.appending(name + StoreFolder.lock)
        replaced = parent.appending(name + StoreFolder.replaced)
    }

    /// Puts right what a pull left that was killed while it put the new folder in the old one's place.
    func recover() throws(ModelStoreFault) {
        let mark = target.appending(PullState.fileName)
        if StoreFolder.isFile(mark) {
            // The new folder is in its place: what lies in the other is the old one, as far as it was not removed.
            DiskFault.remove(incoming)
            DiskFault.remove(mark)
        }
        guard StoreFolder.isFolder(replaced) else { return }
        if StoreFolder.isFolder(target) {
            DiskFault.remove(replaced)
        } else {
            try DiskFault.check(target, DiskFault.rename(replaced, target))
        }
    }

    /// Gives what was put together the model's name, in place of what had it.
    func publish() throws(ModelStoreFault) {
        let parent = target.removingLastComponent()
        try DiskFault.synchronize(incoming)
        // An empty folder gives way by itself.
        if StoreFolder.isFolder(target), !StoreFolder.names(in: target).isEmpty {
            try replace()
        } else {
            try DiskFault.check(target, DiskFault.rename(incoming, target))
        }
        try DiskFault.synchronize(parent)
        // The old model, by either name.
        DiskFault.remove(incoming)
        DiskFault.remove(replaced)
        // Only now: killed before, the next pull must still know that all of it is here.
        DiskFault.remove(target.appending(PullState.fileName))
    }

    /// Puts the new folder in the old one's place; whoever looks sees one of them, whole.
    private func replace() throws(ModelStoreFault) {
        if DiskFault.exchange(incoming, target) == 0 { return }
        // Some file systems cannot: there the model is away for the instant between two steps.
        guard errno == EINVAL || errno == ENOSYS else { throw DiskFault.last(target) }
        try DiskFault.check(target, DiskFault.rename(target, replaced))
        try DiskFault.check(target, DiskFault.rename(incoming, target))
    }
}
