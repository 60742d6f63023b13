import Alpine from 'alpinejs'
import { behavesOn } from './support/alpine-behaviours'

behavesOn(Alpine)
