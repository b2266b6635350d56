package io.millrace.perf.machine;

import io.millrace.perf.result.Latency;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;

/** How fast the disk below a folder takes bytes, and how often it can be made to keep them. Blocks the calling thread. */
final class DiskCeiling {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int PAGE_BYTES = 4096;

    /** Far less than a journal, so that the file is full before the syncs begin. */
    private static final int SYNC_FILE_BYTES = 16 << 20;

    private DiskCeiling() {}

    /** Bytes a second of one file that is written from front to end, its one sync included. */
    static double write(Path folder, long bytes) throws IOException {
        Path file = Files.createTempFile(folder, "ceiling", ".write");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer block = random(BLOCK_BYTES);
            long start = System.nanoTime();
            for (long written = 0; written < bytes; written += BLOCK_BYTES) {
                writeFully(channel, block, written);
            }
            channel.force(false);
            return bytes * 1e9 / (System.nanoTime() - start);
        } finally {
            Files.delete(file);
        }
    }

    /** Times 4 KB and {@code fdatasync}, one after the other through a file that has its full length and all its blocks. */
    static Latency sync(Path folder, double seconds) throws IOException {
        Path file = Files.createTempFile(folder, "ceiling", ".sync");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer block = random(BLOCK_BYTES);
            for (long position = 0; position < SYNC_FILE_BYTES; position += BLOCK_BYTES) {
                writeFully(channel, block, position);
            }
            channel.force(true);
            ByteBuffer page = random(PAGE_BYTES);
            Histogram histogram = Latency.newHistogram();
            long end = System.nanoTime() + (long) (seconds * 1e9);
            for (long position = 0; System.nanoTime() < end; position = (position + PAGE_BYTES) % SYNC_FILE_BYTES) {
                long start = System.nanoTime();
                writeFully(channel, page, position);
                channel.force(false);
                Latency.record(histogram, System.nanoTime() - start);
            }
            return Latency.of(histogram);
        } finally {
            Files.delete(file);
        }
    }

    /** Not zeros, which a disk may leave out. */
    private static ByteBuffer random(int bytes) {
        byte[] content = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(content);
        return ByteBuffer.allocateDirect(bytes).put(content).flip();
    }

    private static void writeFully(FileChannel channel, ByteBuffer content, long position) throws IOException {
        content.rewind();
        while (content.hasRemaining()) {
            channel.write(content, position + content.position());
        }
    }
}
