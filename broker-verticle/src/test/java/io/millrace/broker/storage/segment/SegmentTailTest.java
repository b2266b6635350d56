package io.millrace.broker.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.WatchedDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two segments that share a memory which is too small for either. The byte at a position says where it is. */
class SegmentTailTest {

    private static final int PAGE_BYTES = 4096;
    private static final TailOptions FOUR_PAGES = new TailOptions(4 * PAGE_BYTES, PAGE_BYTES, 2 * PAGE_BYTES);

    @TempDir
    private Path directory;

    private boolean diskIsFull;
    private OpenFiles openFiles;
    private TailMemory memory;
    private Written first;
    private Written second;

    @BeforeEach
    void setUp() throws IOException {
        openFiles = new OpenFiles(WatchedDisk.of(this::before), 10);
        memory = new TailMemory(FOUR_PAGES);
        first = new Written("first", 3);
        second = new Written("second", 5);
    }

    private void before(String method, Path path) throws IOException {
        if (diskIsFull && method.startsWith("write")) {
            throw new IOException("No space left on device");
        }
    }

    @Test
    void holdsSmallAppendsBackAndWritesThemWhenAsked() throws IOException {
        first.append(100);
        first.append(PAGE_BYTES);

        assertThat(first.tail.unwrittenBytes()).isEqualTo(100 + PAGE_BYTES);
        assertThat(Files.size(first.path)).isZero();
        first.check();
        first.tail.writeAll();
        assertThat(first.tail.unwrittenBytes()).isZero();
        assertThat(Files.size(first.path)).isEqualTo(100 + PAGE_BYTES);
        first.check();
    }

    @Test
    void writesWholeBlocksOnceThereIsEnough() throws IOException {
        first.append(2 * PAGE_BYTES + 10);

        assertThat(first.tail.written()).isEqualTo(2 * PAGE_BYTES);
        assertThat(Files.size(first.path)).isEqualTo(2 * PAGE_BYTES);
        first.check();
    }

    @Test
    void writesWhatAnotherSegmentNeedsTheMemoryFor() throws IOException {
        first.append(50);
        second.append(3 * PAGE_BYTES);
        second.append(PAGE_BYTES);

        assertThat(Files.size(first.path)).isEqualTo(50);
        first.check();
        second.check();
        assertThat(first.tail.positionBefore(0)).as("not in memory").isEqualTo(-1);
    }

    @Test
    void goesOnInMemoryAfterItsLastPageWasTaken() throws IOException {
        first.append(50);
        second.append(4 * PAGE_BYTES);
        first.append(50);
        first.append(50);

        assertThat(first.tail.read(ByteBuffer.allocate(10), 49)).isZero();
        assertThat(first.tail.read(ByteBuffer.allocate(100), 50)).isEqualTo(100);
        assertThat(first.tail.positionBefore(0)).isEqualTo(-1);
        assertThat(first.tail.positionBefore(1)).isEqualTo(50);
        first.check();
    }

    @Test
    void findsTheBatchInFrontOfAnOffset() throws IOException {
        for (int i = 0; i < 30; i++) {
            first.append(700);
        }

        int oldest = first.batchAt((first.end / PAGE_BYTES - 2) * PAGE_BYTES); // whole in the last three pages
        for (int offset = oldest; offset < 30; offset++) {
            int position = first.tail.positionBefore(offset);
            assertThat(position).as("offset %s", offset).isBetween(offset * 700 - PAGE_BYTES - 700, offset * 700);
            assertThat(position % 700).isZero();
        }
        assertThat(first.tail.positionBefore(0)).isEqualTo(-1);
    }

    @Test
    void leavesAPageAloneWhileItIsRead() throws IOException {
        first.append(PAGE_BYTES / 2);
        List<Integer> seen = new ArrayList<>();
        try (WritableByteChannel slow = channelThat(bytes -> {
            second.append(5 * PAGE_BYTES); // takes all other pages, and wants this one
            while (bytes.hasRemaining()) {
                seen.add((int) bytes.get());
            }
        })) {
            assertThat(first.tail.transferTo(slow, 0, PAGE_BYTES / 2)).isEqualTo(PAGE_BYTES / 2);
        }

        assertThat(seen).hasSize(PAGE_BYTES / 2);
        for (int i = 0; i < seen.size(); i++) {
            assertThat(seen.get(i)).isEqualTo(first.byteAt(i));
        }
        first.check();
        second.check();
    }

    @Test
    void writesAtOnceWhenAllPagesAreRead() throws IOException {
        first.append(4 * PAGE_BYTES);
        try (WritableByteChannel slow = channelThat(bytes -> second.append(100))) {
            first.tail.transferTo(slow, 0, 4 * PAGE_BYTES);
        }

        assertThat(second.tail.unwrittenBytes()).isZero();
        second.append(100);
        assertThat(second.tail.unwrittenBytes()).isPositive();
        first.check();
        second.check();
    }

    @Test
    void doesNotWriteWhatNobodyNeedsAnyMore() throws IOException {
        first.append(100);
        first.tail.close();
        second.append(8 * PAGE_BYTES);

        assertThat(Files.size(first.path)).isZero();
        second.check();
    }

    @Test
    void saysThatBytesAreInTheFileOnlyAfterTheirWrite() throws IOException {
        diskIsFull = true;
        first.append(100);

        assertThatThrownBy(() -> first.tail.writeAll()).hasMessage("No space left on device");
        assertThat(first.tail.written()).isZero();
        assertThatThrownBy(() -> first.append(2 * PAGE_BYTES)).hasMessage("No space left on device");
        assertThat(first.tail.written()).isZero();
        assertThat(first.tail.unwrittenBytes()).isEqualTo(100 + 2 * PAGE_BYTES);
    }

    @Test
    void readsBackWhateverTheOrderOfAppendsAndWrites() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            memory = new TailMemory(FOUR_PAGES);
            first = new Written("first" + seed, 3);
            second = new Written("second" + seed, 5);
            for (int step = 0; step < 60; step++) {
                Written each = random.nextBoolean() ? first : second;
                switch (random.nextInt(6)) {
                    case 0 -> each.tail.writeAll();
                    case 1 -> each.appendAtOnce(1 + random.nextInt(PAGE_BYTES));
                    case 2 -> each.append(1 + random.nextInt(6 * PAGE_BYTES));
                    default -> each.append(1 + random.nextInt(300));
                }
                each.checkSome(random);
            }
            first.check();
            second.check();
            first.tail.writeAll();
            assertThat(Files.size(first.path)).isEqualTo(first.end);
        }
    }

    @Test
    void givesReadersTheRightBytesWhilePagesGoRound() throws Exception {
        int appends = 20_000;
        AtomicInteger visible = new AtomicInteger();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            List<Future<Integer>> done = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Random random = new Random(i);
                done.add(readers.submit(() -> {
                    int reads = 0;
                    while (visible.get() < appends * 100) {
                        int end = visible.get();
                        if (end > 0) {
                            int from = Math.max(0, end - 1 - random.nextInt(6 * PAGE_BYTES));
                            first.checkRange(from, Math.min(end, from + 5000));
                            reads++;
                        }
                    }
                    return reads;
                }));
            }
            for (int i = 0; i < appends; i++) {
                first.append(100);
                visible.set(first.end);
                second.append(60);
            }
            for (Future<Integer> each : done) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            readers.shutdown();
        }
    }

    private interface Sink {
        void take(ByteBuffer bytes) throws IOException;
    }

    /** A channel that is not interested in more than the first buffer at a time. */
    private static WritableByteChannel channelThat(Sink sink) {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                int count = bytes.remaining();
                sink.take(bytes);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    /** A segment's tail and what was appended to it, one batch for each append, with offsets from 0. */
    private final class Written {

        private final Path path;
        private final SharedFile file;
        private final SegmentTail tail;
        private final int salt;
        private final List<Integer> batches = new ArrayList<>();
        private int end;

        Written(String name, int salt) throws IOException {
            path = directory.resolve(name);
            file = new SharedFile(openFiles, path);
            file.acquireOrCreate().release();
            tail = new SegmentTail(file, 0);
            this.salt = salt;
        }

        byte byteAt(int position) {
            return (byte) (position * salt + position / 251);
        }

        void append(int size) throws IOException {
            append(size, memory);
            tail.writePieces();
        }

        void appendAtOnce(int size) throws IOException {
            append(size, null);
            assertThat(tail.unwrittenBytes()).isZero();
        }

        private void append(int size, @Nullable TailMemory target) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(size);
            for (int i = 0; i < size; i++) {
                bytes.put(byteAt(end + i));
            }
            bytes.flip();
            ByteBuffer[] halves = {bytes.slice(0, size / 2), bytes.slice(size / 2, size - size / 2)};
            tail.noteBatch(batches.size(), end);
            tail.append(halves, target);
            batches.add(end);
            end += size;
        }

        int batchAt(int position) {
            int at = 0;
            while (at + 1 < batches.size() && batches.get(at + 1) <= position) {
                at++;
            }
            return at;
        }

        void check() throws IOException {
            checkRange(0, end);
        }

        void checkSome(Random random) throws IOException {
            int from = end == 0 ? 0 : random.nextInt(end);
            checkRange(from, Math.min(end, from + random.nextInt(2 * PAGE_BYTES)));
        }

        void checkRange(int from, int to) throws IOException {
            OpenFile open = file.acquire();
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            try {
                ByteBuffer read = ByteBuffer.allocate(to - from);
                SegmentBytes bytes = new SegmentBytes(open, tail);
                while (read.hasRemaining()) {
                    assertThat(bytes.read(read, from + read.position())).isPositive();
                }
                checkBytes(read.array(), from);
                SegmentRegion region = new SegmentRegion(
                        open,
                        tail,
                        Objects.requireNonNull(open.file().channel()),
                        from,
                        to - from,
                        0,
                        System::nanoTime);
                WritableByteChannel out = Channels.newChannel(sent);
                while (region.transferred() < to - from) {
                    if (region.isStalled()) {
                        region.fetch();
                    }
                    region.transferTo(out, region.transferred());
                }
                checkBytes(sent.toByteArray(), from);
            } finally {
                open.release();
            }
        }

        private void checkBytes(byte[] bytes, int from) {
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] != byteAt(from + i)) {
                    throw new AssertionError(path + " at " + (from + i) + ": " + bytes[i]);
                }
            }
        }
    }
}
