// The fonts of the reader's machine: none is fetched.
import theme from 'vitepress/theme-without-fonts'
import './site.css'

export default theme
