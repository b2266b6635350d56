package io.millrace.wire.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Packs a batch again with another codec, for topics whose {@code compression.type} is not what the producer chose.
 * Records stay as they are byte for byte, and so does the header but for codec, length and checksum. Takes as long as
 * the codecs take: not for an event loop when batches are large.
 */
public final class Recompressor {
    private static final int CHUNK = 16 * 1024;

    private Recompressor() {}

    /**
     * Returns a new batch, which the caller owns; the old one is neither changed nor released. Throws {@link
     * InvalidRecordsException} if the records cannot be unpacked or have more than {@code maxUnpackedBytes}; whether
     * they are proper records is {@link BatchValidator#validateRecords}'s to say.
     */
    public static ByteBuf recompress(
            ByteBufAllocator allocator,
            ByteBuf batch,
            int index,
            Compression target,
            int level,
            long maxUnpackedBytes) {
        Compression source = RecordBatch.codec(batch, index);
        if (source == null) {
            throw new InvalidRecordsException("unknown codec in attributes " + RecordBatch.attributes(batch, index));
        }
        int packedSize = RecordBatch.length(batch, index) - RecordBatch.HEADER_SIZE;
        ByteBuf packed = batch.slice(index + RecordBatch.HEADER_SIZE, packedSize);
        ByteBuf result = allocator.buffer(RecordBatch.HEADER_SIZE + packedSize);
        try {
            result.writeBytes(batch, index, RecordBatch.HEADER_SIZE);
            transfer(source, packed, maxUnpackedBytes, target.compress(new ByteBufOutputStream(result), level));
            result.setInt(RecordBatch.BATCH_LENGTH_AT, result.readableBytes() - RecordBatch.LENGTH_OVERHEAD);
            int others = RecordBatch.attributes(result, 0) & ~RecordBatch.CODEC_MASK;
            result.setShort(RecordBatch.ATTRIBUTES_AT, others | target.id());
            RecordBatch.updateCrc(result, 0);
            return result.retain();
        } catch (IOException e) {
            throw new InvalidRecordsException("compressed records are broken: " + e.getMessage(), e);
        } finally {
            result.release();
        }
    }

    private static void transfer(Compression source, ByteBuf packed, long maxBytes, OutputStream to)
            throws IOException {
        byte[] chunk = new byte[CHUNK];
        long left = maxBytes;
        try (to;
                InputStream from = source.decompress(packed, maxBytes)) {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                left -= n;
                if (left < 0) {
                    throw new InvalidRecordsException(
                            "records unpack to more than the limit of " + maxBytes + " bytes");
                }
                to.write(chunk, 0, n);
            }
        } catch (InvalidRecordsException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IOException(e);
        }
    }
}
