package io.millrace.broker.storage.journal;

import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.StoreFile;
import io.millrace.broker.storage.journal.JournalFormat.FileHeader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of one shard: a ring of preallocated files that the commit thread fills and the checkpoint thread gives back.
 *
 * <pre>
 * free --rotate--> current --rotate--> sealed --segments synced, retire--> free
 * </pre>
 *
 * <p>Lifecycle: {@link #open}, {@link #replay} unless the last stop was clean, {@link #start}, then commits. Commit thread:
 * {@link #stage}, {@link #flush}, {@link #rotate}. Any thread: {@link #recycle}, {@link #grow}, {@link #hasFree}. What was
 * staged is durable when {@code flush} returns. After a failure nothing may be called but {@link #close}: the journal never
 * retries a write or a sync.
 */
public final class Journal implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final String PREFIX = "journal-";
    private static final String SUFFIX = ".mj";

    private final FileStore store;
    private final Path folder;
    private final JournalOptions options;
    private final RandomGenerator random;
    private final FrameBuilder frame = new FrameBuilder();
    private final Queue<JournalFile> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger fileCount = new AtomicInteger();
    private final AtomicInteger nextName = new AtomicInteger();
    private final List<JournalFile> recovered = new ArrayList<>();
    private long lastGeneration;
    private boolean unsynced;
    private @Nullable JournalFile current;

    private Journal(FileStore store, Path folder, JournalOptions options, RandomGenerator random) {
        this.store = store;
        this.folder = folder;
        this.options = options;
        this.random = random;
    }

    /** Finds the journal's files in a data folder; there may be none yet. */
    public static Journal open(FileStore store, Path folder, JournalOptions options, RandomGenerator random)
            throws IOException {
        Journal journal = new Journal(store, folder, options, random);
        for (String name : store.list(folder)) {
            if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) {
                journal.adopt(name);
            }
        }
        journal.recovered.sort(Comparator.comparingLong(JournalFile::generation));
        return journal;
    }

    private void adopt(String name) throws IOException {
        nextName.accumulateAndGet(numberOf(name) + 1, Math::max);
        StoreFile file = store.open(folder.resolve(name));
        FileHeader header = readHeader(file);
        if (header.version() > JournalFormat.VERSION) {
            throw new IOException(file.path() + " has journal format " + header.version()
                    + ", this version reads up to " + JournalFormat.VERSION);
        }
        JournalFile journalFile = new JournalFile(file, (int) Math.min(file.size(), Integer.MAX_VALUE), header);
        lastGeneration = Math.max(lastGeneration, journalFile.generation());
        fileCount.incrementAndGet();
        if (journalFile.isLive()) {
            recovered.add(journalFile);
        } else {
            giveBack(journalFile);
        }
    }

    private static FileHeader readHeader(StoreFile file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(JournalFormat.BLOCK_BYTES + JournalFormat.FRAME_HEADER_BYTES);
        readFully(file, start);
        if (JournalFormat.isFileHeader(start)) {
            return JournalFormat.fileHeader(start);
        }
        // Written in one sector together with the first frame, it cannot be torn: it has rotted.
        FileHeader fromFrame = JournalFormat.fileHeaderFromFrame(start);
        if (fromFrame != null) {
            log.error("{}: the header is damaged; going by the first frame", file.path());
            return fromFrame;
        }
        return new FileHeader(0, 0, 0, 0);
    }

    private static int numberOf(String name) {
        try {
            return Integer.parseInt(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    /**
     * Hands over everything in the files that were live, oldest first. The files stay sealed: the caller recycles each when
     * its entries are in synced segments.
     */
    public ReplaySummary replay(ReplayTarget target) throws IOException {
        int entries = 0;
        int damaged = 0;
        ByteBuffer bytes = ByteBuffer.allocateDirect(
                recovered.stream().mapToInt(JournalFile::sizeBytes).max().orElse(0));
        for (JournalFile file : recovered) {
            // After a process kill the bytes may be in the page cache only; what is served must be on the disk.
            file.file().sync();
            bytes.clear().limit(file.sizeBytes());
            readFully(file.file(), bytes);
            JournalReader reader = new JournalReader(file, bytes.flip(), target);
            target.onFileStart(file);
            reader.read();
            target.onFileEnd(file);
            entries += reader.entries();
            damaged += reader.damagedInside();
        }
        return new ReplaySummary(recovered.size(), entries, damaged);
    }

    private static void readFully(StoreFile file, ByteBuffer target) throws IOException {
        long start = target.position();
        while (target.hasRemaining() && file.read(target, target.position() - start) > 0) {
            // until full or at the end of the file
        }
    }

    /** Recycles all files that were live at open, for a folder whose last stop was clean: nothing in them is needed. */
    public void skipReplay() throws IOException {
        for (JournalFile file : recovered) {
            recycle(file);
        }
    }

    /** Makes the journal ready for commits. Creates a file when none is free. */
    public void start() throws IOException {
        recovered.clear();
        if (free.isEmpty()) {
            free.add(create());
        }
        rotate();
    }

    /** Bytes of the largest body that an empty file takes. Larger ones cannot go through the journal. */
    public int bodyBytesMax() {
        return options.fileBytes()
                - JournalFormat.BLOCK_BYTES
                - JournalFormat.alignUp(JournalFormat.FRAME_HEADER_BYTES + JournalFormat.ENTRY_HEADER_BYTES);
    }

    /** Adds an entry to what the next flush writes; false when the current file has no room: flush, then rotate. */
    public boolean stage(JournalEntry entry) throws IOException {
        JournalFile file = current();
        int bodyBytes = entry.body().readableBytes();
        if (!frame.isEmpty() && !frame.hasArenaFor(bodyBytes)) {
            writeFrame(file);
        }
        if (frame.paddedBytesWith(bodyBytes) > file.roomBytes()) {
            return false;
        }
        frame.add(file, entry);
        return true;
    }

    /** Writes what was staged and makes it durable. Does nothing when nothing was. */
    public void flush() throws IOException {
        JournalFile file = current();
        if (!frame.isEmpty() && !unsynced && frame.isInOnePiece()) {
            frame.writeDurablyTo(file);
            file.onSynced();
            return;
        }
        if (!frame.isEmpty()) {
            writeFrame(file);
        }
        if (unsynced) {
            file.file().sync();
            file.onSynced();
            unsynced = false;
        }
    }

    private void writeFrame(JournalFile file) throws IOException {
        frame.writeTo(file);
        unsynced = true;
    }

    /** Whether frames were written to the current file. */
    public boolean hasEntries() {
        return current().nextFrame() > 0;
    }

    /**
     * Takes a free file as the current one. Everything staged must have been flushed.
     *
     * @return the file that was current until now, or null when it is the first, or when no file is free
     */
    public @Nullable JournalFile rotate() {
        assert frame.isEmpty() && !unsynced : "rotated before the flush";
        JournalFile next = free.poll();
        if (next == null) {
            return null;
        }
        next.begin(++lastGeneration, random.nextLong());
        JournalFile sealed = current;
        current = next;
        return sealed;
    }

    /** Whether {@link #rotate} would find a file. */
    public boolean hasFree() {
        return !free.isEmpty();
    }

    /** Gives back a sealed file whose entries are all in synced segments, or belong to deleted topics. */
    public void recycle(JournalFile file) throws IOException {
        file.retire();
        giveBack(file);
    }

    /**
     * The same, and no power loss brings the file's entries back: for a file with entries that must never be replayed.
     */
    public void recycleDurably(JournalFile file) throws IOException {
        file.retire();
        file.file().sync();
        giveBack(file);
    }

    private void giveBack(JournalFile file) throws IOException {
        if (file.sizeBytes() == options.fileBytes()) {
            free.add(file);
            return;
        }
        // The configured size has changed, or the file was still being created when the power went.
        file.file().close();
        store.delete(file.file().path());
        fileCount.decrementAndGet();
    }

    /** Whether there may be more files. */
    public boolean mayGrow() {
        return fileCount.get() < options.filesMax();
    }

    /**
     * Creates one more file when none is free and the limit allows. Takes as long as writing that many zeros. When the disk
     * has no room for it, commits go on with the files there are.
     *
     * @return whether there is a file more
     */
    public boolean grow() {
        if (!free.isEmpty() || !mayGrow()) {
            return false;
        }
        try {
            free.add(create());
            return true;
        } catch (IOException e) {
            log.warn("cannot add a journal file in {}: {}", folder, e.toString());
            return false;
        }
    }

    private JournalFile create() throws IOException {
        Path path = folder.resolve(String.format("%s%06d%s", PREFIX, nextName.getAndIncrement(), SUFFIX));
        StoreFile file = store.create(path);
        try {
            file.preallocate(options.fileBytes());
            file.syncAll();
            store.syncDirectory(folder);
        } catch (IOException e) {
            file.close();
            store.delete(path);
            throw e;
        }
        fileCount.incrementAndGet();
        return new JournalFile(file, options.fileBytes(), new FileHeader(JournalFormat.VERSION, 0, 0, 0));
    }

    private JournalFile current() {
        JournalFile file = current;
        if (file == null) {
            throw new IllegalStateException("journal not started");
        }
        return file;
    }

    /** Closes the files that this journal holds; sealed ones are closed by whoever has them, through {@link #closeSealed}. */
    @Override
    public void close() throws IOException {
        JournalFile last = current;
        if (last != null) {
            last.file().close();
        }
        for (JournalFile file = free.poll(); file != null; file = free.poll()) {
            file.file().close();
        }
    }

    /** Closes a sealed file that is not recycled any more. */
    public void closeSealed(JournalFile file) throws IOException {
        file.file().close();
    }
}
