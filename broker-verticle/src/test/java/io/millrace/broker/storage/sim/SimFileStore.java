package io.millrace.broker.storage.sim;

import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.StoreFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that forgets what was not synced. {@link #powerLoss} keeps a random part of the unsynced bytes and names;
 * {@link #kill} keeps all of them, still unsynced. Both make every open file of the process before useless. Faults are
 * ordered through {@link #faults}. One thread.
 */
final class SimFileStore implements FileStore {

    private final SplittableRandom random;
    private final SimDirectory root = new SimDirectory();
    private final SimFaults faults = new SimFaults();
    private long capacityBytes = Long.MAX_VALUE;
    private long usedBytes;
    private int process;

    SimFileStore(SplittableRandom random) {
        this.random = random;
    }

    SimFaults faults() {
        return faults;
    }

    /** From now on files cannot grow in sum by more than this; {@link Long#MAX_VALUE} for an endless disk. */
    void leaveRoomFor(long bytes) {
        capacityBytes = bytes == Long.MAX_VALUE ? bytes : usedBytes + bytes;
    }

    /** The process dies, the machine goes on. Returns whether a failed sync lost something all the same. */
    boolean kill() {
        process++;
        faults.reset();
        return root.kill(random);
    }

    /** The machine dies. */
    void powerLoss() {
        process++;
        faults.reset();
        root.crash(random);
    }

    @Override
    public StoreFile open(Path path) throws IOException {
        step("open " + path);
        return new Handle(path, file(path));
    }

    @Override
    public StoreFile create(Path path) throws IOException {
        boolean last = step("create " + path);
        if (find(path) != null) {
            throw new FileAlreadyExistsException(path.toString());
        }
        SimFile file = new SimFile();
        parent(path).link(name(path), file);
        crashIf(last, "create " + path);
        return new Handle(path, file);
    }

    @Override
    public boolean exists(Path path) {
        step("exists " + path);
        return find(path) != null;
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        step("list " + directory);
        return directory(directory).list();
    }

    @Override
    public long size(Path path) throws IOException {
        step("size " + path);
        return file(path).size();
    }

    @Override
    public void createDirectories(Path path) throws IOException {
        boolean last = step("mkdir " + path);
        SimDirectory at = root;
        for (Path name : path) {
            SimNode next = at.get(name.toString());
            if (next == null) {
                next = new SimDirectory();
                at.link(name.toString(), next);
            }
            if (!(next instanceof SimDirectory below)) {
                throw new NotDirectoryException(path.toString());
            }
            at = below;
        }
        crashIf(last, "mkdir " + path);
    }

    @Override
    public void delete(Path path) throws IOException {
        boolean last = step("delete " + path);
        if (find(path) != null) {
            forget(path);
        }
        crashIf(last, "delete " + path);
    }

    @Override
    public void deleteTree(Path path) throws IOException {
        step("delete tree " + path);
        if (find(path) instanceof SimDirectory directory) {
            for (String name : directory.list()) {
                deleteTree(path.resolve(name));
            }
        }
        delete(path);
    }

    private void forget(Path path) throws IOException {
        if (find(path) instanceof SimFile file) {
            usedBytes -= file.size();
        }
        parent(path).unlink(name(path));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        boolean last = step("move " + from);
        if (find(from) == null) {
            throw new FileNotFoundException(from.toString());
        }
        if (!Objects.equals(from.getParent(), to.getParent())) {
            throw new IOException("the simulation only renames within a directory: " + from + " to " + to);
        }
        parent(from).rename(name(from), name(to));
        crashIf(last, "move " + from);
    }

    @Override
    public void syncDirectory(Path path) throws IOException {
        boolean last = step("sync directory " + path);
        SimDirectory directory = directory(path);
        if (faults.failsSync()) {
            throw new IOException(path + ": Input/output error");
        }
        if (!faults.liesAboutSync(path) && !(last && random.nextBoolean())) {
            directory.sync();
        }
        crashIf(last, "sync directory " + path);
    }

    @Override
    public long usableBytes(Path path) {
        return Math.max(0, capacityBytes - usedBytes);
    }

    @Override
    public long totalBytes(Path path) {
        return capacityBytes;
    }

    /** Paths of all files, for damage. */
    List<Path> files(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String name : directory(directory).list()) {
            Path path = directory.resolve(name);
            if (find(path) instanceof SimDirectory) {
                found.addAll(files(path));
            } else {
                found.add(path);
            }
        }
        return found;
    }

    /** The file of this name as the simulation sees it, for damage. */
    SimFile file(Path path) throws IOException {
        if (find(path) instanceof SimFile file) {
            return file;
        }
        throw new FileNotFoundException(path.toString());
    }

    private SimDirectory directory(Path path) throws IOException {
        if (find(path) instanceof SimDirectory directory) {
            return directory;
        }
        throw new NotDirectoryException(path.toString());
    }

    private @Nullable SimNode find(Path path) {
        SimNode at = root;
        for (Path name : path) {
            at = at instanceof SimDirectory directory ? directory.get(name.toString()) : null;
        }
        return at;
    }

    private SimDirectory parent(Path path) throws IOException {
        Path parent = path.getParent();
        return parent == null ? root : directory(parent);
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private boolean step(String what) {
        return faults.isLastOperation(what);
    }

    private void crashIf(boolean last, String what) {
        if (last) {
            throw new SimCrash(what);
        }
    }

    /** A file as one process has it open. */
    private final class Handle implements StoreFile {

        private final Path path;
        private final SimFile file;
        private final int owner = process;
        private boolean closed;

        Handle(Path path, SimFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public long size() throws IOException {
            enter("size");
            return file.size();
        }

        @Override
        public int read(ByteBuffer dst, long position) throws IOException {
            enter("read");
            return faults.distortsReads(path) ? distorted().read(dst, position) : file.read(dst, position);
        }

        private SimFile distorted() {
            ByteBuffer content = ByteBuffer.allocate(file.size());
            file.read(content, 0);
            faults.distort(content.array());
            SimFile copy = new SimFile();
            copy.write(content.array(), content.capacity(), 0);
            return copy;
        }

        @Override
        public void write(ByteBuffer src, long position) throws IOException {
            write(new ByteBuffer[] {src}, position);
        }

        @Override
        public void write(ByteBuffer[] srcs, long position) throws IOException {
            boolean last = enter("write");
            byte[] bytes = gather(srcs);
            int count = last ? random.nextInt(bytes.length + 1) : bytes.length;
            long room = capacityBytes == Long.MAX_VALUE ? Long.MAX_VALUE : capacityBytes - usedBytes;
            long growth = Math.max(0, position + count - file.size());
            boolean full = growth > room;
            if (full) {
                count = (int) Math.max(0, count - (growth - room));
            }
            faults.onWrite(path.toString());
            int before = file.size();
            if (count > 0) {
                file.write(bytes, count, position);
            }
            usedBytes += file.size() - before;
            crashIf(last, "write " + path);
            if (full) {
                throw new IOException(path + ": No space left on device");
            }
        }

        @Override
        public void writeBlocks(ByteBuffer[] srcs, long position) throws IOException {
            long misaligned = position;
            for (ByteBuffer src : srcs) {
                misaligned |= src.remaining();
            }
            if (misaligned % BLOCK_BYTES != 0) {
                throw new AssertionError(path + ": a write of blocks at " + position + " is not aligned");
            }
            write(srcs, position);
        }

        @Override
        public void writeDurably(ByteBuffer[] srcs, long position) throws IOException {
            int end = (int) position;
            for (ByteBuffer src : srcs) {
                end += src.remaining();
            }
            int endOfWrite = end;
            writeBlocks(srcs, position);
            sync(() -> file.sync((int) position, endOfWrite));
        }

        private byte[] gather(ByteBuffer[] srcs) {
            int total = 0;
            for (ByteBuffer src : srcs) {
                total += src.remaining();
            }
            byte[] bytes = new byte[total];
            int at = 0;
            for (ByteBuffer src : srcs) {
                int count = src.remaining();
                src.get(bytes, at, count);
                at += count;
            }
            return bytes;
        }

        @Override
        public void sync() throws IOException {
            sync(file::sync);
        }

        private void sync(Runnable effect) throws IOException {
            boolean last = enter("sync");
            if (faults.failsSync()) {
                file.breakSync();
                throw new IOException(path + ": Input/output error");
            }
            if (!faults.liesAboutSync(path) && !(last && random.nextBoolean())) {
                effect.run();
            }
            crashIf(last, "sync " + path);
        }

        @Override
        public void syncAll() throws IOException {
            sync();
        }

        @Override
        public void truncate(long size) throws IOException {
            boolean last = enter("truncate");
            int before = file.size();
            file.truncate(size);
            usedBytes += file.size() - before;
            crashIf(last, "truncate " + path);
        }

        @Override
        public void preallocate(long size) throws IOException {
            if (size > file.size()) {
                write(ByteBuffer.allocate((int) size - file.size()), file.size());
            }
        }

        @Override
        public @Nullable FileChannel channel() {
            return null;
        }

        @Override
        public void close() {
            closed = true;
        }

        private boolean enter(String what) throws IOException {
            if (owner != process) {
                throw new AssertionError(what + " " + path + " by a process that is dead");
            }
            if (closed) {
                throw new ClosedChannelException();
            }
            return step(what + " " + path);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }
}
