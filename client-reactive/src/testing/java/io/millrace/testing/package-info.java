/** What the tests of several modules use; each of them compiles it with its own tests. */
@NullMarked
package io.millrace.testing;

import org.jspecify.annotations.NullMarked;
