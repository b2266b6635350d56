package io.millrace.perf.report;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Pieces of HTML as text. What takes text escapes it, what takes HTML says so in its name. */
final class Html {
    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    static String section(String id, String title, String lead, String html) {
        return "<section id=\"%s\">\n<h2>%s</h2>\n<p class=\"lead\">%s</p>\n%s\n</section>\n"
                .formatted(escape(id), escape(title), escape(lead), html);
    }

    /** Nothing where there is nothing to say. */
    static String subsection(String title, String html) {
        return html.isEmpty() ? "" : "<h3>%s</h3>\n%s\n".formatted(escape(title), html);
    }

    static String paragraph(String className, String text) {
        return "<p class=\"%s\">%s</p>\n".formatted(className, escape(text));
    }

    static String items(Collection<String> texts) {
        return texts.stream()
                .map(text -> "<li>" + escape(text) + "</li>\n")
                .collect(Collectors.joining("", "<ul>\n", "</ul>\n"));
    }

    /** The first cell of a row is its head; the others are numbers when the table is one of numbers. */
    static String table(String className, List<String> head, List<List<String>> rows) {
        StringBuilder html = new StringBuilder("<div class=\"wide\"><table class=\"" + className + "\">\n");
        if (!head.isEmpty()) {
            html.append("<thead><tr>");
            head.forEach(cell ->
                    html.append("<th scope=\"col\">").append(escape(cell)).append("</th>"));
            html.append("</tr></thead>\n");
        }
        html.append("<tbody>\n");
        for (List<String> row : rows) {
            html.append("<tr><th scope=\"row\">").append(escape(row.get(0))).append("</th>");
            row.subList(1, row.size())
                    .forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
            html.append("</tr>\n");
        }
        return html.append("</tbody></table></div>\n").toString();
    }

    /** A command as a shell takes it. */
    static String shell(List<String> command) {
        return command.stream()
                .map(word -> word.matches("[\\w./:=,@%+*-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
