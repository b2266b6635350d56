package io.millrace.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers of a record, in their order. Immutable: whoever adds one gets another list. */
public final class Headers implements Iterable<Header> {

    public static final Headers NONE = new Headers(List.of());

    private final List<Header> headers;

    private Headers(List<Header> headers) {
        this.headers = headers;
    }

    public static Headers of(Header... headers) {
        return of(List.of(headers));
    }

    public static Headers of(List<Header> headers) {
        return headers.isEmpty() ? NONE : new Headers(List.copyOf(headers));
    }

    /** These, and one more behind them. */
    public Headers with(Header header) {
        List<Header> more = new ArrayList<>(headers.size() + 1);
        more.addAll(headers);
        more.add(header);
        return new Headers(List.copyOf(more));
    }

    /** These, and one more behind them, whose value is text in UTF-8. */
    public Headers with(String name, String value) {
        return with(Header.of(name, value));
    }

    /** These without those of the name. */
    public Headers without(String name) {
        return of(headers.stream().filter(each -> !each.name().equals(name)).toList());
    }

    /** The last header of the name, which is the one that counts by convention; null if there is none. */
    public @Nullable Header last(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equals(name)) {
                return headers.get(i);
            }
        }
        return null;
    }

    /** The text of the last header of the name; null if there is none, or if its value is null. */
    public @Nullable String text(String name) {
        Header header = last(name);
        return header == null ? null : header.text();
    }

    public boolean isEmpty() {
        return headers.isEmpty();
    }

    public int size() {
        return headers.size();
    }

    /** Unmodifiable. */
    public List<Header> asList() {
        return headers;
    }

    @Override
    public Iterator<Header> iterator() {
        return headers.iterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Headers that && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return headers.hashCode();
    }

    @Override
    public String toString() {
        return headers.toString();
    }
}
