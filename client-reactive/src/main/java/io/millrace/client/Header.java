package io.millrace.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A header of a record. Names need not be unique within a record.
 *
 * @param value null is allowed and differs from empty; the array is not copied, and nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its contents, see equals; a copy for each header would be waste
public record Header(String name, byte @Nullable [] value) {

    /** A header whose value is text in UTF-8. */
    public static Header of(String name, String value) {
        return new Header(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The value as text in UTF-8, where what is not valid becomes U+FFFD; null if it is null. */
    public @Nullable String text() {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Header that && name.equals(that.name) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return name + "=" + text();
    }
}
