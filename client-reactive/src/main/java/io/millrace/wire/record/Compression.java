package io.millrace.wire.record;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.SnappyOutputStream;

/**
 * The codecs of a record batch, framed as Kafka's own clients frame them.
 *
 * <p>A native library is loaded when its codec is first used, not before.
 */
public enum Compression {
    NONE(0, "none", 0, 0, 0) {
        @Override
        OutputStream compress(OutputStream out, int level) {
            return out;
        }

        @Override
        InputStream decompress(ByteBuf in, long maxBytes) {
            return new ByteBufInputStream(in);
        }
    },
    GZIP(1, "gzip", Deflater.BEST_SPEED, Deflater.BEST_COMPRESSION, Deflater.DEFAULT_COMPRESSION) {
        @Override
        OutputStream compress(OutputStream out, int level) throws IOException {
            return new BufferedOutputStream(new LevelledGzip(out, level), CHUNK);
        }

        @Override
        InputStream decompress(ByteBuf in, long maxBytes) throws IOException {
            return new BufferedInputStream(new GZIPInputStream(new ByteBufInputStream(in), GZIP_CHUNK), CHUNK);
        }
    },
    SNAPPY(2, "snappy", 0, 0, 0) {
        @Override
        OutputStream compress(OutputStream out, int level) {
            return new SnappyOutputStream(out);
        }

        @Override
        InputStream decompress(ByteBuf in, long maxBytes) {
            return new SnappyInput(in, maxBytes);
        }
    },
    /** Level 9, the default, means the fast compressor, as in Kafka; others the high compression one. */
    LZ4(3, "lz4", 1, 17, 9) {
        @Override
        OutputStream compress(OutputStream out, int level) throws IOException {
            return new Lz4FrameOutput(out, level);
        }

        @Override
        InputStream decompress(ByteBuf in, long maxBytes) throws IOException {
            return new Lz4FrameInput(in);
        }
    },
    ZSTD(4, "zstd", -131072, 22, 3) {
        @Override
        OutputStream compress(OutputStream out, int level) throws IOException {
            return new BufferedOutputStream(
                    new ZstdOutputStreamNoFinalizer(out, RecyclingBufferPool.INSTANCE, level), CHUNK);
        }

        @Override
        InputStream decompress(ByteBuf in, long maxBytes) throws IOException {
            return new BufferedInputStream(
                    new ZstdInputStreamNoFinalizer(new ByteBufInputStream(in), RecyclingBufferPool.INSTANCE), CHUNK);
        }
    };

    /** Native calls per record would cost more than the codec: this many bytes cross at once. */
    private static final int CHUNK = 16 * 1024;

    private static final int GZIP_CHUNK = 8 * 1024;

    private static final Compression[] BY_ID = values();

    private final int id;
    private final String configName;
    private final int minLevel;
    private final int maxLevel;
    private final int defaultLevel;

    Compression(int id, String configName, int minLevel, int maxLevel, int defaultLevel) {
        this.id = id;
        this.configName = configName;
        this.minLevel = minLevel;
        this.maxLevel = maxLevel;
        this.defaultLevel = defaultLevel;
    }

    /** Bits 0 to 2 of the batch's attributes. */
    public int id() {
        return id;
    }

    /** The name in {@code compression.type}. */
    public String configName() {
        return configName;
    }

    public int defaultLevel() {
        return defaultLevel;
    }

    public int minLevel() {
        return minLevel;
    }

    public int maxLevel() {
        return maxLevel;
    }

    /** Whether the codec knows the level; those without levels know only their default. */
    public boolean acceptsLevel(int level) {
        return level == defaultLevel || (level >= minLevel && level <= maxLevel);
    }

    public static @Nullable Compression forId(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }

    /** The codec with this {@code compression.type}, or null. */
    public static @Nullable Compression forName(String configName) {
        for (Compression codec : BY_ID) {
            if (codec.configName.equals(configName)) {
                return codec;
            }
        }
        return null;
    }

    /** A stream that compresses into {@code out}; closing it ends the codec's frame and closes {@code out}. */
    abstract OutputStream compress(OutputStream out, int level) throws IOException;

    /**
     * A stream of what {@code in} holds compressed, moving its reader index. Bad bytes earn an {@link IOException} or a
     * {@link RuntimeException} of the codec, here or on a later read.
     *
     * @param maxBytes how much the caller will take in all: a codec that must unpack a block at once refuses one that
     *     claims more before it allocates
     */
    abstract InputStream decompress(ByteBuf in, long maxBytes) throws IOException;

    /** The JDK's gzip has no constructor with a level. */
    private static final class LevelledGzip extends GZIPOutputStream {
        LevelledGzip(OutputStream out, int level) throws IOException {
            super(out, GZIP_CHUNK);
            def.setLevel(level);
        }
    }
}
