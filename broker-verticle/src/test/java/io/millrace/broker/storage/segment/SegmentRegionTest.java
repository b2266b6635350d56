package io.millrace.broker.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.WatchedDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slice of 1 MB, half of which is in memory, goes into a socket that takes as much as the test likes. */
class SegmentRegionTest {

    private static final int PAGE_BYTES = 4096;
    private static final int SIZE = 1 << 20;
    private static final int HELD = SIZE / 2;
    private static final int PIECE = 256 << 10;

    @TempDir
    private Path directory;

    private final List<String> calls = new ArrayList<>();
    private final OpenFiles openFiles = new OpenFiles(WatchedDisk.of((method, path) -> calls.add(method)), 10);
    private final byte[] bytes = new byte[SIZE];
    private final Socket socket = new Socket();
    private SharedFile file;
    private SegmentTail tail;
    private OpenFile open;
    private FileChannel channel;
    private long nowNanos;

    /** Takes no more than there is room for. */
    private static final class Socket implements WritableByteChannel {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int room;

        @Override
        public int write(ByteBuffer from) {
            byte[] some = new byte[Math.min(room, from.remaining())];
            from.get(some);
            taken.writeBytes(some);
            room -= some.length;
            return some.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void write() throws IOException {
        new Random(1).nextBytes(bytes);
        file = new SharedFile(openFiles, directory.resolve("log"));
        open = file.acquireOrCreate();
        channel = Objects.requireNonNull(open.file().channel());
        tail = new SegmentTail(file, 0);
        tail.noteBatch(0, 0);
        tail.append(
                new ByteBuffer[] {ByteBuffer.wrap(bytes)}, new TailMemory(new TailOptions(HELD, PAGE_BYTES, PIECE)));
        assertThat(tail.heldFrom()).isEqualTo(SIZE - HELD);
        calls.clear();
    }

    @AfterEach
    void close() {
        open.release();
    }

    private SegmentRegion region(int from, int fetchedTo) {
        assertThat(file.acquireIfOpen()).isNotNull();
        return new SegmentRegion(open, tail, channel, from, SIZE - from, fetchedTo, () -> nowNanos);
    }

    private int send(SegmentRegion region, int room) throws IOException {
        socket.room = room;
        return (int) region.transferTo(socket, region.transferred());
    }

    private void assertSent(int from, int to) {
        assertThat(socket.taken.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes, from, to));
    }

    @Test
    void sendsWhatIsInMemoryWithoutTheFile() throws IOException {
        SegmentRegion region = region(HELD, 0);

        assertThat(send(region, SIZE)).isEqualTo(PAGE_BYTES); // the socket of this test gathers nothing
        while (region.transferred() < region.count()) {
            send(region, 1000);
        }

        assertThat(region.isStalled()).isFalse();
        assertThat(calls).isEmpty();
        assertSent(HELD, SIZE);
    }

    @Test
    void stallsAtBytesThatAreInTheFileOnly() throws IOException {
        SegmentRegion region = region(1000, 0);

        assertThat(send(region, SIZE)).isZero();

        assertThat(region.isStalled()).isTrue();
        assertThat(region.count()).as("ends here").isZero();
        assertThat(calls).isEmpty();
    }

    @Test
    void goesOnPieceByPieceAsTheyAreFetched() throws IOException {
        SegmentRegion region = region(0, 0);
        for (int piece = 1; piece <= HELD / PIECE; piece++) {
            send(region, SIZE);
            region.fetch();
            assertThat(region.count()).isEqualTo(SIZE);
            assertThat(send(region, SIZE)).isEqualTo(PIECE);
            assertThat(region.isStalled()).isEqualTo(piece * PIECE < HELD);
        }
        assertThat(calls).containsOnly("willRead", "read").startsWith("willRead", "read");
        assertThat(Collections.frequency(calls, "willRead"))
                .as("once for each piece")
                .isEqualTo(HELD / PIECE);
        calls.clear();
        while (region.transferred() < region.count()) {
            send(region, SIZE);
        }

        assertThat(calls).isEmpty();
        assertSent(0, SIZE);
    }

    @Test
    void goesOnWithWhatWasFetchedWhenTheSocketHasRoomAgain() throws IOException {
        SegmentRegion region = region(0, HELD);
        assertThat(send(region, 5_000)).isEqualTo(5_000);
        nowNanos += TimeUnit.MILLISECONDS.toNanos(500);

        assertThat(send(region, SIZE)).isEqualTo(HELD - 5_000);

        assertThat(region.isStalled()).isFalse();
        assertThat(calls).isEmpty();
        assertSent(0, HELD);
    }

    @Test
    void doesNotCountOnWhatWasFetchedLongAgo() throws IOException {
        SegmentRegion region = region(0, HELD);
        assertThat(send(region, 5_000)).isEqualTo(5_000);
        assertThat(region.isStalled()).as("the socket is full").isFalse();
        nowNanos += TimeUnit.MILLISECONDS.toNanos(501);

        assertThat(send(region, SIZE)).isZero();
        assertThat(region.isStalled()).isTrue();
        region.fetch();
        assertThat(send(region, SIZE)).isEqualTo(PIECE);

        assertSent(0, 5_000 + PIECE);
    }

    @Test
    void cannotGoOnWhereTheFileEnds() throws IOException {
        channel.truncate(100);
        SegmentRegion region = region(0, 0);
        send(region, SIZE);

        assertThatThrownBy(region::fetch).hasMessageContaining("ends within a slice");
    }
}
